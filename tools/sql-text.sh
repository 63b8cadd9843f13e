#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A file of SQL as the text of one C string, line by line: tables.sql -> tables.sql.inc
exec sed -e 's/["\\]/\\&/g' -e 's/^/"/' -e 's/$/\\n"/' "$1"
