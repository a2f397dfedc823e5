import { UsageError } from '../cli-error.ts';

/** Item fields that are not attributes. */
export const itemFields = [
  'item_id',
  'title',
  'body',
  'image_url',
  'price',
  'stock',
  'hidden',
  'categories',
  'revision',
  'attributes',
] as const;

export const interactionFields = [
  'event_id',
  'occurred_at',
  'type',
  'user_id',
  'session_id',
  'item_id',
  'value',
  'request_id',
  'position',
] as const;

/** Usual names of columns, in English and Korean, compared without case, spaces, "_" and "-". */
const itemAliases: Record<string, readonly string[]> = {
  item_id: [
    'itemid',
    'id',
    'productid',
    'sku',
    'productno',
    '상품번호',
    '상품코드',
    '상품id',
    '품번',
    '아이디',
    '번호',
  ],
  title: ['title', 'name', 'productname', 'itemname', '상품명', '제품명', '이름', '제목', '품명'],
  body: ['body', 'description', 'desc', 'text', 'content', '설명', '상품설명', '상세설명', '내용', '본문'],
  image_url: [
    'imageurl',
    'image',
    'img',
    'picture',
    'imagelink',
    'thumbnail',
    '이미지',
    '사진',
    '이미지url',
    '대표이미지',
  ],
  price: ['price', 'saleprice', '가격', '판매가', '판매가격', '단가'],
  stock: ['stock', 'quantity', 'qty', 'inventory', '재고', '재고수량', '수량'],
  hidden: ['hidden', '숨김', '비공개'],
  categories: ['categories', 'category', '카테고리', '분류'],
  revision: ['revision', '버전'],
  attributes: ['attributes'],
};

const interactionAliases: Record<string, readonly string[]> = {
  event_id: ['eventid', '이벤트번호', '이벤트id', '주문번호'],
  occurred_at: [
    'occurredat',
    'timestamp',
    'time',
    'date',
    'datetime',
    'createdat',
    '일시',
    '시간',
    '시각',
    '날짜',
    '발생일시',
    '주문일시',
  ],
  type: ['type', 'event', 'eventtype', 'action', '유형', '종류', '행동', '이벤트'],
  user_id: ['userid', 'user', 'customerid', 'memberid', '사용자', '사용자id', '회원', '회원번호', '회원id', '고객번호'],
  session_id: ['sessionid', 'session', '세션', '세션id'],
  item_id: ['itemid', 'item', 'productid', 'movieid', 'sku', '상품', '상품번호', '상품코드', '상품id'],
  value: ['value', 'rating', 'score', 'amount', '값', '평점', '별점', '점수', '금액'],
  request_id: ['requestid'],
  position: ['position', 'rank', '순위', '위치'],
};

/** Header → field name, "attributes.<name>", or null where the column is left out. */
export type Mapping = Map<string, string | null>;
export type Kind = 'items' | 'interactions';

const squash = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '');

/**
 * The field each header goes to. What `--map header=field` says wins, then `idColumn`, then the usual names, first come
 * first served; of an item everything else is an attribute of its own name, of an interaction it is left out.
 * In `--map`, "-" leaves a column out and a name that is no field means an attribute.
 */
export function mapHeaders(headers: string[], kind: Kind, maps: string[], idColumn?: string): Mapping {
  const aliases = kind === 'items' ? itemAliases : interactionAliases;
  const fields: readonly string[] = kind === 'items' ? itemFields : interactionFields;
  const mapping = explicitMaps(headers, fields, maps, kind);
  if (idColumn !== undefined) mapping.set(findHeader(headers, idColumn, '--id-column'), 'item_id');
  const taken = new Set([...mapping.values()].filter((field) => field !== null));
  for (const header of headers) {
    if (mapping.has(header)) continue;
    const field = fields.find((name) => !taken.has(name) && (aliases[name]?.includes(squash(header)) ?? false));
    mapping.set(header, field ?? (kind === 'items' ? `attributes.${header}` : null));
    if (field !== undefined) taken.add(field);
  }
  return mapping;
}

function explicitMaps(headers: string[], fields: readonly string[], maps: string[], kind: Kind): Mapping {
  const mapping: Mapping = new Map();
  for (const map of maps) {
    const at = map.lastIndexOf('=');
    if (at < 1 || at === map.length - 1)
      throw new UsageError(`--map ${map}: write header=field, like --map 상품명=title`);
    const target = map.slice(at + 1).trim();
    if (kind === 'interactions' && target !== '-' && !fields.includes(target)) {
      throw new UsageError(`--map ${map}: an interaction has no field "${target}"; use one of ${fields.join(', ')}`);
    }
    const field = fields.includes(target) || target.startsWith('attributes.') ? target : `attributes.${target}`;
    mapping.set(findHeader(headers, map.slice(0, at).trim(), '--map'), target === '-' ? null : field);
  }
  return mapping;
}

function findHeader(headers: string[], wanted: string, option: string): string {
  const found =
    headers.find((header) => header === wanted) ?? headers.find((header) => squash(header) === squash(wanted));
  if (found !== undefined) return found;
  throw new UsageError(`${option} names the column "${wanted}", but the file has: ${headers.join(', ')}`);
}

/** The header that holds a field, or undefined. */
export function headerOf(mapping: Mapping, field: string): string | undefined {
  for (const [header, target] of mapping) if (target === field) return header;
  return undefined;
}
