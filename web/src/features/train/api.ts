// What the Train page asks the server.
import { queryOptions } from "@tanstack/react-query";
import { api, dataOf, multipart } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type PictureSetCard = Schemas["PictureSetCard"];
export type PictureSetDetail = Schemas["PictureSetDetail"];
export type Suggestions = Schemas["SuggestionList"];
export type Suggestion = Schemas["RecipeSuggestion"];
/** A recipe with changes, as it was suggested or chosen from the list. */
export type Choice = Pick<Suggestion, "goal" | "recipe" | "sets">;
export type Setting = Schemas["Setting"];
export type RecipeDetail = Schemas["RecipeDetail"];

const of = (id: string) => ({ params: { path: { id } } });

export const setsQuery = queryOptions({
  queryKey: ["picture sets"],
  queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/picture-sets", { signal }))).sets,
});

export const setQuery = (id: string) =>
  queryOptions({
    queryKey: ["picture sets", id],
    queryFn: ({ signal }) => dataOf(api.GET("/v1/picture-sets/{id}", { ...of(id), signal })),
  });

export const suggestionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["suggestions", id],
    queryFn: ({ signal }) => dataOf(api.GET("/v1/picture-sets/{id}/suggestions", { ...of(id), signal })),
  });

export const recipesQuery = queryOptions({
  queryKey: ["recipes"],
  queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/recipes", { signal }))).recipes,
});

export const recipeQuery = (id: string) =>
  queryOptions({
    queryKey: ["recipes", id],
    queryFn: ({ signal }) => dataOf(api.GET("/v1/recipes/{id}", { ...of(id), signal })),
  });

export const createSet = (name: string) => dataOf(api.POST("/v1/picture-sets", { body: { name } }));

/** Says how many files are about to be sent; null: all were. */
export const expectPictures = (id: string, files: number | null) =>
  dataOf(api.PUT("/v1/picture-sets/{id}/expected", { ...of(id), body: { files } }));

export const picturePaths = async (id: string) => (await dataOf(api.GET("/v1/picture-sets/{id}/paths", of(id)))).paths;

export const deleteSet = (id: string) => dataOf(api.DELETE("/v1/picture-sets/{id}", of(id)));

export const addPicture = (id: string, image: Blob, path: string, signal: AbortSignal) =>
  dataOf(
    api.POST("/v1/picture-sets/{id}/pictures", {
      ...of(id),
      body: { image, path },
      bodySerializer: multipart,
      signal,
    }),
  );

export const addZipPart = (id: string, part: Blob, offset: number, signal: AbortSignal) =>
  dataOf(
    api.POST("/v1/picture-sets/{id}/zip", {
      ...of(id),
      body: { part, offset },
      bodySerializer: multipart,
      signal,
    }),
  );

export const unpackZip = (id: string) => dataOf(api.POST("/v1/picture-sets/{id}/unpack", of(id)));

export const startTraining = (body: Schemas["TrainingRequest"]) => dataOf(api.POST("/v1/trainings", { body }));
