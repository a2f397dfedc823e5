import { KindredError } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { languageOf, reasonOf } from './reasons.ts';

const seed = (type: string, title: string) => ({ kind: 'seed', type, title }) as const;

describe('a reason', () => {
  it('names the item that speaks for the hit, in English', () => {
    expect(reasonOf(seed('rating', 'Toy Story (1995)'), 'en')).toBe('Because you liked Toy Story (1995)');
    expect(reasonOf(seed('purchase', 'Tea'), 'en')).toBe('Because you bought Tea');
    expect(reasonOf(seed('add_to_cart', 'Tea'), 'en')).toBe('Because you put Tea in your cart');
    expect(reasonOf(seed('seed', 'Tea'), 'en')).toBe('People who liked Tea liked this too');
  });

  it('chooses the particle after Hangul, and gives both after words that are read in more than one way', () => {
    expect(reasonOf(seed('rating', 'Toy Story (1995)'), 'ko')).toBe('‘Toy Story (1995)’을(를) 좋아하셔서');
    expect(reasonOf(seed('like', '기생충'), 'ko')).toBe('‘기생충’을 좋아하셔서');
    expect(reasonOf(seed('purchase', '무선 마우스'), 'ko')).toBe('‘무선 마우스’를 구매하셔서');
    expect(reasonOf(seed('seed', '올드보이'), 'ko')).toBe('‘올드보이’를 좋아한 분들이 함께 좋아한 항목');
  });

  it.each([
    ['갤럭시 S25', '를'],
    ['아이폰 16', '을'],
    ['텐트 10', '을'],
    ['아이폰 (블랙)', '을'],
    ['무선 마우스 [한정판] (2025)', '를'],
    ['책 “한강”', '을'],
    ['라면!', '을'],
    ['초콜릿'.normalize('NFD'), '을'],
    ['사과'.normalize('NFD'), '를'],
    ['(사과)', '를'],
    ['쌀 20kg', '을(를)'],
    ['50 %', '을(를)'],
    ['★', '을(를)'],
  ])('reads %s as a Korean reader does', (title, particle) => {
    expect(reasonOf(seed('like', title), 'ko')).toBe(`‘${title}’${particle} 좋아하셔서`);
  });

  it('does without the title of an item that is gone', () => {
    expect(reasonOf(seed('like', ''), 'en')).toBe('Because of what you liked');
    expect(reasonOf(seed('like', ''), 'ko')).toBe('좋아하신 항목을 바탕으로');
    expect(reasonOf(seed('seed', ''), 'ko')).toBe('같은 분들이 좋아한 항목');
  });

  it('says no more of an item than is so, where nothing speaks for it', () => {
    expect(reasonOf({ kind: 'listed' }, 'en')).toBe('From your list');
    expect(reasonOf({ kind: 'listed' }, 'ko')).toBe('목록에 있는 항목');
    expect(reasonOf({ kind: 'more' }, 'en')).toBe('More to discover');
    expect(reasonOf({ kind: 'more' }, 'ko')).toBe('더 둘러볼 만한 항목');
  });

  it('says that an item is popular, alike or new', () => {
    expect(reasonOf({ kind: 'popular' }, 'en')).toBe('Popular now');
    expect(reasonOf({ kind: 'popular' }, 'ko')).toBe('지금 인기 있는 항목');
    expect(reasonOf({ kind: 'newest' }, 'ko')).toBe('새로 나온 항목');
    expect(reasonOf({ kind: 'taste' }, 'en')).toBe('Close to what you like');
    expect(reasonOf({ kind: 'taste' }, 'ko')).toBe('취향에 가까운 항목');
    expect(reasonOf({ kind: 'alike' }, 'ko')).toBe('내용이 비슷한 항목');
  });
});

describe('languageOf', () => {
  it('takes regions and any case, and English for nothing', () => {
    expect(['', 'en-US', 'KO', 'ko_KR'].map(languageOf)).toEqual(['en', 'en', 'ko', 'ko']);
  });

  it('refuses a language without reasons, and names those it has', () => {
    expect(() => languageOf('tlh')).toThrow(KindredError);
    expect(() => languageOf('tlh')).toThrow('en and ko');
  });

  it('names what goes together, comes next and trends', () => {
    const both = (cause: Parameters<typeof reasonOf>[0]) => [reasonOf(cause, 'en'), reasonOf(cause, 'ko')];
    expect(both({ kind: 'viewed', title: '텐트' })).toEqual([
      'People who viewed 텐트 also viewed this',
      '‘텐트’를 본 분들이 함께 본 항목',
    ]);
    expect(both({ kind: 'bought', title: '쌀' })).toEqual([
      'Often bought together with 쌀',
      '‘쌀’을 구매한 분들이 함께 구매한 항목',
    ]);
    expect(both({ kind: 'next', title: '' })).toEqual(['Often next', '다음으로 많이 찾는 항목']);
    expect(both({ kind: 'trending', region: '' })).toEqual(['Trending now', '요즘 뜨는 항목']);
    expect(both({ kind: 'trending', region: '부산' })).toEqual(['Trending in 부산', '부산에서 요즘 뜨는 항목']);
    expect(both({ kind: 'seed', type: 'pick', title: '책' })).toEqual(['Because you picked 책', '‘책’을 고르셔서']);
  });
});
