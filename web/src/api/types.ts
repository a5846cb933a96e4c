// The API's words, from the server's own OpenAPI schema (`npm run types` makes schema.ts anew).
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Health = Schemas["Health"];
export type Session = Schemas["SessionState"];
export type Role = NonNullable<Session["role"]>;
export type Metric = Schemas["BundleMetric"];
export type BundleCard = Schemas["BundleCard"];
export type Capability = BundleCard["capabilities"][number];
export type Direction = NonNullable<BundleCard["drawing_direction"]>;
export type RefusedBundle = Schemas["RefusedBundle"];
export type Sample = Schemas["GeneratedImage"];
export type Generated = Schemas["GenerateAnswer"];
export type GenerateRequest = Schemas["GenerateRequest"];
export type Status = Schemas["RunStatus"];
export type RunCard = Schemas["RunCard"];
export type Run = Schemas["RunDetail"];
export type Sheet = Schemas["SheetLink"];
export type StatsLine = Record<string, number | string | null>;
