// Who is signed in, where people sign in at all.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, dataOf } from "../api/client";
import { useSession } from "../api/queries";
import { useWords } from "../i18n/provider";
import { Button } from "./controls";

export function Account() {
  const words = useWords();
  const client = useQueryClient();
  const session = useSession();
  const signOut = useMutation({
    mutationFn: () => dataOf(api.DELETE("/v1/session")),
    onSuccess: () => client.resetQueries(),
  });
  if (session === undefined || session.local || session.role === null) return null;
  if (!session.signed_in)
    return (
      <Link href="/sign-in" className="button button-bare">
        {words.signIn}
      </Link>
    );
  const role = words.roleNames[session.role];
  return (
    <>
      <span>{words.signedIn(session.name ? `${session.name}, ${role}` : role)}</span>
      <Button variant="bare" onPress={() => signOut.mutate()} isDisabled={signOut.isPending}>
        {words.signOut}
      </Button>
    </>
  );
}
