// SPDX-License-Identifier: AGPL-3.0-or-later
// Style sheets are imported for what they do, not for what they say.
declare module "*.css";
declare module "*.txt" {
  const text: string;
  export default text;
}
