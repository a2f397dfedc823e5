import { KindredError } from '@kindred/contracts';

export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];

/** What a hit is there for, in the order of what a person would most like to hear. */
export type Cause =
  | { kind: 'seed'; type: string; title: string }
  | { kind: 'taste' }
  | { kind: 'content' }
  | { kind: 'alike' }
  | { kind: 'viewed' | 'bought' | 'next'; title: string }
  | { kind: 'trending'; region: string }
  | { kind: 'popular' }
  | { kind: 'newest' }
  /** Nothing else is to be said: it was given, or it fills the page. */
  | { kind: 'listed' }
  | { kind: 'more' };

/** Empty is English; regions and case do not matter ("ko-KR"). Throws FIELD_INVALID. */
export function languageOf(language: string): Language {
  const wanted = language === '' ? 'en' : language.toLowerCase().split(/[-_]/)[0];
  const known = languages.find((one) => one === wanted);
  if (known) return known;
  const message = `language is "${language}"; reasons exist in ${languages.join(' and ')}`;
  throw new KindredError('FIELD_INVALID', 'language', message);
}

/** A sentence a shop can print. */
export function reasonOf(cause: Cause, language: Language): string {
  if (cause.kind === 'seed') return seedSentences[language](cause.type, cause.title);
  if (cause.kind === 'trending') return trendSentences[language](cause.region);
  if ('title' in cause) return togetherSentences[cause.kind][language](cause.title);
  return plainSentences[cause.kind][language];
}

const plainSentences = {
  taste: { en: 'Close to what you like', ko: '취향에 가까운 항목' },
  content: { en: 'Like what you have shown interest in', ko: '관심을 보이신 것과 비슷한 항목' },
  alike: { en: 'Similar in content', ko: '내용이 비슷한 항목' },
  popular: { en: 'Popular now', ko: '지금 인기 있는 항목' },
  newest: { en: 'New', ko: '새로 나온 항목' },
  listed: { en: 'From your list', ko: '목록에 있는 항목' },
  more: { en: 'More to discover', ko: '더 둘러볼 만한 항목' },
};

const trendSentences: Record<Language, (region: string) => string> = {
  en: (region) => (region ? `Trending in ${region}` : 'Trending now'),
  ko: (region) => (region ? `${region}에서 요즘 뜨는 항목` : '요즘 뜨는 항목'),
};

const togetherSentences: Record<'viewed' | 'bought' | 'next', Record<Language, (title: string) => string>> = {
  viewed: {
    en: (title) => (title ? `People who viewed ${title} also viewed this` : 'Often viewed together'),
    ko: (title) => (title ? `‘${title}’${particle(title)} 본 분들이 함께 본 항목` : '함께 많이 본 항목'),
  },
  bought: {
    en: (title) => (title ? `Often bought together with ${title}` : 'Often bought together'),
    ko: (title) => (title ? `‘${title}’${particle(title)} 구매한 분들이 함께 구매한 항목` : '함께 많이 구매한 항목'),
  },
  next: {
    en: (title) => (title ? `Often next after ${title}` : 'Often next'),
    ko: (title) => (title ? `‘${title}’ 다음에 많이 찾는 항목` : '다음으로 많이 찾는 항목'),
  },
};

const englishVerbs: Record<string, string> = {
  purchase: 'bought',
  add_to_cart: 'put in your cart',
  watch_portion: 'watched',
  view: 'viewed',
  click: 'viewed',
  pick: 'picked',
};

const koreanVerbs: Record<string, string> = {
  purchase: '구매하셔서',
  add_to_cart: '장바구니에 담으셔서',
  watch_portion: '시청하셔서',
  view: '보셔서',
  click: '보셔서',
  pick: '고르셔서',
};

const seedSentences: Record<Language, (type: string, title: string) => string> = {
  en: (type, title) => {
    if (type === 'seed') return title ? `People who liked ${title} liked this too` : 'Liked by the same people';
    if (title === '') return 'Because of what you liked';
    if (type === 'add_to_cart') return `Because you put ${title} in your cart`;
    return `Because you ${englishVerbs[type] ?? 'liked'} ${title}`;
  },
  ko: (type, title) => {
    if (type === 'seed')
      return title ? `‘${title}’${particle(title)} 좋아한 분들이 함께 좋아한 항목` : '같은 분들이 좋아한 항목';
    if (title === '') return '좋아하신 항목을 바탕으로';
    return `‘${title}’${particle(title)} ${koreanVerbs[type] ?? '좋아하셔서'}`;
  },
};

const firstSyllable = 0xac00;
const lastSyllable = 0xd7a3;
/** Digits that are read with a final consonant: 영, 일, 삼, 육, 칠, 팔; so are 십, 백, 천 and 만. */
const consonantDigits = '013678';

const unread = /[\s"'”’»›」』】〉》!?.,:;·…~™®)\]]+$/u;

/**
 * The object particle: 을 after a final consonant, 를 after a vowel, both where it is not known how a title is read. It
 * follows what stands before a remark in brackets, which is not read out, and marks count for nothing.
 */
function particle(title: string): string {
  const whole = title.normalize('NFC');
  const read = whole.replace(/(?:\s*(?:\([^()]*\)|\[[^[\]]*\]))+\s*$/u, '') || whole;
  const last = [...read.replace(unread, '')].at(-1) ?? '';
  if (last >= '0' && last <= '9') return consonantDigits.includes(last) ? '을' : '를';
  const code = last.codePointAt(0) ?? 0;
  if (code < firstSyllable || code > lastSyllable) return '을(를)';
  return (code - firstSyllable) % 28 > 0 ? '을' : '를';
}
