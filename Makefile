# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The thin face of the build: Meson builds the C side, esbuild the pages, node drives both.
#
#   make run     install what is missing, build, and serve a working place with demo people on http://127.0.0.1:8080
#   make test    install what is missing, build with sanitizers, and run every test
#   make check   layers, formats, contract and types: the fast half of `make test`
#   make help    the rest

SHELL := /bin/bash
.DEFAULT_GOAL := help

LISTEN ?= 127.0.0.1:8080
STATE ?= $(HOME)/.local/state/hearken/demo
CYCLES ?= 1000
POINTS ?= 10000
SECONDS_EACH ?= 60

BUILD := build
WEB := build-web

.PHONY: help run test check bench bench-listening crash fuzz wasm model build web clean packages-run packages-test packages-model

help:
	@echo 'make run              a place with demo people on http://$(LISTEN)   (LISTEN=, STATE=)'
	@echo 'make test             every test, with sanitizers; ends with "N passed, N failed"'
	@echo 'make check            layers, format, contract, types'
	@echo 'make build            hearkend, hearken and the pages, optimised'
	@echo 'make wasm             only the WASM modules'
	@echo 'make model            train the listening model again, from all that it learned of (long)'
	@echo 'make bench            figures of the server and the pages, with the machine'"'"'s own limits'
	@echo 'make bench-listening  figures of the listening engine, with intervals'
	@echo 'make crash            kill -9 and power-loss harnesses, long form   (CYCLES=, POINTS=)'
	@echo 'make fuzz             every fuzzer for SECONDS_EACH seconds          (SECONDS_EACH=)'
	@echo 'make clean            remove everything that was built'

packages-run:
	@tools/install-packages.sh run

packages-test:
	@tools/install-packages.sh test

packages-model:
	@tools/install-packages.sh model

run: packages-run build
	@exec $(BUILD)/cli/hearken demo --state '$(STATE)' --listen '$(LISTEN)' --web '$(WEB)'

build: $(BUILD)/build.ninja web
	@ninja -C $(BUILD) --quiet server/hearkend cli/hearken

$(BUILD)/build.ninja: meson.build
	@meson setup $(BUILD) >/dev/null || { rm -rf $(BUILD); exit 1; }

node_modules/.package-lock.json: package.json package-lock.json
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

wasm:
	@tools/wasm/build.sh

web: node_modules/.package-lock.json wasm
	@node tools/web/build.mjs --out $(WEB)

test: packages-test node_modules/.package-lock.json
	@tools/test.sh

check: packages-test node_modules/.package-lock.json
	@tools/test.sh check

bench: packages-test build
	@ninja -C $(BUILD) --quiet bench/bench_store bench/bench_people
	@node bench/bench.mjs --build $(BUILD) --web $(WEB)

bench-listening: packages-model build
	@listening/train/bench.sh $(BUILD)

model: packages-model
	@listening/train/train.sh

crash: packages-test build
	@tools/test.sh crash --cycles $(CYCLES) --points $(POINTS)

fuzz: packages-test
	@tools/fuzz.sh $(SECONDS_EACH)

clean:
	@rm -rf build build-* .dist node_modules
