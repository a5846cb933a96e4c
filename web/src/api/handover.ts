// A picture on its way from one page to another. It lives in this tab and nowhere else.

let given: File | undefined;

/** Gives a picture to the page that is opened next. */
export function giveOn(picture: File): void {
  given = picture;
}

/** The picture that another page gave, once. */
export function takeGiven(): File | undefined {
  const taken = given;
  given = undefined;
  return taken;
}
