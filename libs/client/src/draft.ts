/** A message of the contract with every field optional, as one writes it; 64-bit integers as bigint, number or string. */
export type Draft<Message> = Message extends bigint
  ? bigint | number | string
  : Message extends Date | Uint8Array | string | number | boolean | undefined
    ? Message
    : Message extends (infer Element)[]
      ? Draft<Element>[]
      : Message extends { $case: string; value: unknown }
        ? { $case: Message['$case']; value: Draft<Message['value']> }
        : Message extends object
          ? { [Key in keyof Message]?: Draft<Message[Key]> }
          : Message;
