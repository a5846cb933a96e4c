// Writes the types of the API's OpenAPI document: node generate-schema.js openapi.json src/api/schema.ts
import { readFile, writeFile } from "node:fs/promises";
import openapiTypes, { astToString } from "openapi-typescript";
import ts from "typescript";

const [source, target] = process.argv.slice(2);
const BLOB = ts.factory.createTypeReferenceNode("Blob");
const types = await openapiTypes(JSON.parse(await readFile(source, "utf8")), {
  // Uploaded files; without this they would be strings.
  transform: (schema) => (schema.contentMediaType === "application/octet-stream" ? BLOB : undefined),
});
const head =
  "// Generated from the OpenAPI document of the studio by `python tools/web.py types`; not edited by hand.\n\n";
await writeFile(target, head + astToString(types));
