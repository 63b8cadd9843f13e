/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * cmocka asks for it before its own header; under WASM there is none, and nothing here uses it.
 */
