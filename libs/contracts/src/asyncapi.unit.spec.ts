import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { asyncApiDocument, eventTopics } from '../scripts/asyncapi.ts';
import { yamlOf } from '../scripts/yaml.ts';
import { interactionEvent, itemChange, itemEvent, topics, userChange, userEvent, validateEvent } from './index.ts';

const schemas: Record<string, z.ZodType> = {
  items: itemEvent,
  users: userEvent,
  interactions: interactionEvent,
  itemChanges: itemChange,
  userChanges: userChange,
};

describe('asyncapi.yaml', () => {
  it('is what the schemas say; npm run generate -w libs/contracts writes it anew', () => {
    expect(readFileSync(new URL('../asyncapi.yaml', import.meta.url), 'utf8')).toBe(asyncApiDocument());
  });

  it('describes every declared topic', () => {
    const described = Object.values(eventTopics).map(({ name, partitions }) => ({ name, partitions }));
    expect(described).toEqual(Object.values(topics));
  });

  it('refers to nothing that is not there', () => {
    const document = asyncApiDocument();
    const [, components = ''] = document.split('\ncomponents:\n');
    const references = [...document.matchAll(/"\$ref": "#\/components\/(messages|schemas)\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(15);
    for (const [, group, name] of references) {
      const part = components.slice(components.indexOf(`  ${group}:\n`));
      expect(part).toContain(`\n    ${name}:\n`);
    }
  });

  it.each(
    Object.entries(eventTopics).flatMap(([topic, { messages }]) =>
      Object.entries(messages).flatMap(([id, { example }]) => (schemas[topic] ? [[id, topic, example] as const] : [])),
    ),
  )('shows an example of %s that the service takes', (_, topic, example) => {
    expect(() => validateEvent(schemas[topic]!, example)).not.toThrow();
  });
});

describe('the YAML writer', () => {
  it('quotes what YAML would read otherwise', () => {
    const data = {
      no: 'no',
      version: '1.0',
      path: '#/a',
      empty: [],
      list: ['a b', { c: 1 }],
      text: 'two\nlines',
      'a:b': null,
    };
    expect(yamlOf(data)).toBe(
      [
        '"no": "no"',
        'version: "1.0"',
        'path: "#/a"',
        'empty: []',
        'list:',
        '  - a b',
        '  - c: 1',
        'text: |-',
        '  two',
        '  lines',
        '"a:b": null',
        '',
      ].join('\n'),
    );
  });
});
