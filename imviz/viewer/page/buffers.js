// Numbers that came beside a message, as bytes.

/** The numbers in a buffer that came with a message; it may begin anywhere in a larger one. */
export function numbers(view, Type) {
  return new Type(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}
