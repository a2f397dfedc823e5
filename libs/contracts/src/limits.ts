/** Size limits of everything that comes in. Text is measured in UTF-8 bytes. */
export const limits = {
  collectionName: 64,
  id: 256,
  title: 4_096,
  body: 1_048_576,
  imageUrl: 4_096,
  attributeName: 128,
  attributes: 256,
  attributesBytes: 262_144,
  categories: 64,
  category: 256,
  eventBytes: 2_097_152,
  queryText: 8_192,
  filterDepth: 8,
  filterConditions: 256,
  filterValues: 1_024,
  pageLimit: 1_000,
  /** How deep paging goes: offset + limit. */
  pageDepth: 10_000,
  /** Highest; the lowest is 0. */
  rating: 10,
  interactionsPerRequest: 1_000,
  idsPerRequest: 1_000,
} as const;
