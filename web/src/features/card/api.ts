// Requests of the Card page.
import { api, dataOf, multipart } from "../../api/client";
import type { components } from "../../api/schema";
import { reduced } from "../../ui/reduced";

type Schemas = components["schemas"];
export type Kit = Schemas["CardKit"];
export type Template = Schemas["CardTemplate"];
export type TextBox = Schemas["TextBox"];
export type Cartoon = Schemas["CartoonAnswer"];
export type Finding = Schemas["Finding"];
export type Direction = Schemas["Body_drawCartoon"]["direction"];

export type Style = {
  bundle: string;
  direction: NonNullable<Direction>;
  domain: number | null;
  seed: number;
  scope: "head" | "photograph";
  background: "keep" | "remove";
  detail: number;
};

/** What the file is for, and by whose demands. */
export type Target = { purpose: "print" | "bank"; profile: string; icc: File | null };

export type PrintWish = { sheet: string | null; statement: boolean; language: "en" | "ko" };

const form = { bodySerializer: multipart } as const;

// The client's types lose the lengths of tuples.
export const readKit = (signal: AbortSignal) => dataOf(api.GET("/v1/card", { signal })) as Promise<Kit>;

export const drawCartoon = async (photo: Blob, style: Style, signal: AbortSignal) => {
  const { domain, ...rest } = style;
  const body = { ...rest, class: domain, image: await reduced(photo) };
  return dataOf(api.POST("/v1/card/cartoon", { body, ...form, signal })) as Promise<Cartoon>;
};

export const checkCard = (picture: Blob, design: string, { purpose, profile, icc }: Target, signal: AbortSignal) =>
  dataOf(api.POST("/v1/card/check", { body: { picture, design, purpose, profile, icc }, ...form, signal }));

export const printCard = (picture: Blob, design: string, { profile, icc }: Target, bundle: string, wish: PrintWish) =>
  dataOf(
    api.POST("/v1/card/print", {
      body: { picture, design, profile, bundle, icc, ...wish },
      ...form,
      parseAs: "blob",
    }),
  ) as Promise<Blob>;

export const cardForBank = (picture: Blob, design: string, { profile }: Target, bundle: string) =>
  dataOf(
    api.POST("/v1/card/bank", { body: { picture, design, profile, bundle }, ...form, parseAs: "blob" }),
  ) as Promise<Blob>;
