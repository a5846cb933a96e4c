// Imports that are no scripts. The test beside this file (styles.test.ts) checks that the names of classes exist.
declare module "*.module.css" {
  // biome-ignore lint/suspicious/noExplicitAny: a plain string would be undefined under noUncheckedIndexedAccess
  const classes: { readonly [name: string]: any };
  export default classes;
}
declare module "*.css" {}
declare module "@fontsource-variable/geist/wght.css" {}
