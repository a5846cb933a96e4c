// Requests of the Look-alike page.
import { addressOf, api, dataOf, multipart } from "../../api/client";
import type { components } from "../../api/schema";
import { reduced } from "../../ui/reduced";

export type Gallery = components["schemas"]["GallerySummary"];
export type Answer = Awaited<ReturnType<typeof findLookalikes>>;
export type Resemblance = Answer["matches"][number];
export type Reason = Resemblance["shared"][number];
/** Places: x to the right, y down. */
export type Line = Resemblance["outline"][number];

export const galleriesQuery = {
  queryKey: ["galleries"],
  queryFn: ({ signal }: { signal: AbortSignal }) => dataOf(api.GET("/v1/galleries", { signal })),
};

/** Whom a face resembles; only after consent. */
export const findLookalikes = async (gallery: string, picture: Blob, weight: number, signal: AbortSignal) =>
  dataOf(
    api.POST("/v1/galleries/{id}/lookalike", {
      params: { path: { id: gallery } },
      body: { image: await reduced(picture), consent: true, weight, most: 6 },
      bodySerializer: multipart,
      signal,
    }),
  );

export const portraitOf = (gallery: string, person: number) =>
  addressOf("galleries", gallery, "people", String(person), "picture");
