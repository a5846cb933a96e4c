import { useMutation } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { startSampleTraining, useRefreshTrainings } from "../api/trainings";
import { useWords } from "../i18n/provider";
import { Button } from "./controls";
import { ProblemNote } from "./feedback";
import { FaceIcon } from "./icons";

/** Starts a short training on avatars that the studio draws, and goes to its page. */
export function SampleTraining({ variant = "soft" }: { variant?: "solid" | "soft" }) {
  const words = useWords();
  const [, go] = useLocation();
  const refresh = useRefreshTrainings();
  const start = useMutation({
    mutationFn: startSampleTraining,
    onSuccess: async ({ run }) => {
      await refresh();
      go(`/runs/${encodeURIComponent(run)}`);
    },
  });
  return (
    <>
      <Button variant={variant} isDisabled={start.isPending} onPress={() => start.mutate()}>
        <FaceIcon />
        {words.sampleTraining}
      </Button>
      {start.error !== null && <ProblemNote error={start.error} />}
    </>
  );
}
