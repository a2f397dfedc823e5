/** Runs `work` over pieces of at most `size`, one after the other, and joins what they give. Nothing at all is one piece. */
export async function inChunks<Input, Output>(
  inputs: Input[],
  size: number,
  work: (chunk: Input[]) => Promise<Output[]>,
): Promise<Output[]> {
  if (inputs.length <= size) return work(inputs);
  const outputs: Output[] = [];
  for (let start = 0; start < inputs.length; start += size)
    outputs.push(...(await work(inputs.slice(start, start + size))));
  return outputs;
}
