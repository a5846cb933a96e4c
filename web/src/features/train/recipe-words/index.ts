// Descriptions of recipes and their settings in the language of the page. The server's are English; those in another
// language are loaded when a recipe is shown.
import { useQuery } from "@tanstack/react-query";
import type { Messages } from "../../../i18n/message";
import { useLanguage } from "../../../i18n/provider";
import type { RecipeDetail, Setting } from "../api";

type Tables = { recipes: Messages; settings: Messages };

const NONE: Tables = { recipes: {}, settings: {} };

/** What tells about recipes and settings; nothing while the language's tables are being loaded. */
export type RecipeWords = {
  about: (recipe: Pick<RecipeDetail, "name" | "about">) => string;
  describe: (family: string, setting: Pick<Setting, "key" | "description">) => string;
};

/** Says about recipes and settings from tables; what a table lacks is said in the server's words. */
export function recipeWords({ recipes, settings }: Tables): RecipeWords {
  return {
    about: ({ name, about }) => recipes[name] ?? about,
    describe: (family, { key, description }) => settings[`${key}@${family}`] ?? settings[key] ?? description,
  };
}

async function load(): Promise<Tables> {
  const [{ recipes }, { settings }, { models }] = await Promise.all([
    import("./recipes.ko"),
    import("./settings.ko"),
    import("./models.ko"),
  ]);
  return { recipes, settings: { ...settings, ...models } };
}

const SILENT: RecipeWords = { about: () => "", describe: () => "" };

export function useRecipeWords(): RecipeWords {
  const { language } = useLanguage();
  const { data, isPending } = useQuery({
    queryKey: ["recipe sentences", language],
    queryFn: load,
    enabled: language !== "en",
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return language !== "en" && isPending ? SILENT : recipeWords(data ?? NONE);
}
