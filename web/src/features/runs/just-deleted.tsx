// What was deleted a moment ago, with a way back.
import { skipToken, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { changes, type DeletedRun, useRefreshTrainings } from "../../api/trainings";
import { Button } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import { InfoIcon } from "../../ui/icons";
import { useWords } from "./words";

export const justDeletedKey = ["deleted a moment ago"];

export function JustDeleted() {
  const words = useWords().training;
  const client = useQueryClient();
  const refresh = useRefreshTrainings();
  const gone = useQuery<DeletedRun | null>({ queryKey: justDeletedKey, queryFn: skipToken }).data;
  const undo = useMutation({
    mutationFn: (id: string) => changes.restore(id),
    onSuccess: () => {
      client.setQueryData(justDeletedKey, null);
      return refresh();
    },
  });
  if (!gone) return null;
  return (
    <>
      <div className="note note-info" role="status">
        <InfoIcon />
        <div className="note-body">
          <p>{words.deleted(gone.run)}</p>
        </div>
        <Button isDisabled={undo.isPending} onPress={() => undo.mutate(gone.id)}>
          {words.undo}
        </Button>
      </div>
      {undo.error !== null && <ProblemNote error={undo.error} />}
    </>
  );
}
