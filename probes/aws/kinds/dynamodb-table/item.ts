import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The digest of an item, whatever the order of its attributes and of the members of its sets: `sha256:…`. */
export function itemDigest(item: Readonly<Record<string, AttributeValue>>): string {
  return `sha256:${createHash('sha256').update(canonicalMap(item)).digest('hex')}`;
}

/** A key as the API takes it: strings and numbers. */
export function keyOf(key: Readonly<Record<string, string | number>>): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => [name, typeof value === 'number' ? { N: String(value) } : { S: value }]),
  );
}

function canonicalMap(map: Readonly<Record<string, AttributeValue>>): string {
  const parts = Object.entries(map).map(([name, value]) => `${JSON.stringify(name)}:${canonical(value)}`);
  return `{${parts.toSorted().join(',')}}`;
}

function canonical(value: AttributeValue): string {
  if (value.M) return `{"M":${canonicalMap(value.M)}}`;
  if (value.L) return `{"L":[${value.L.map(canonical).join(',')}]}`;
  if (value.B) return `{"B":${JSON.stringify(base64(value.B))}}`;
  const members = value.SS ?? value.NS ?? value.BS?.map(base64);
  if (members) {
    const type = value.SS ? 'SS' : value.NS ? 'NS' : 'BS';
    return `{"${type}":${JSON.stringify(members.toSorted())}}`;
  }
  const { S, N, BOOL, NULL } = value;
  return JSON.stringify({ S, N, BOOL, NULL });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
