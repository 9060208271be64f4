// Writes GGUF version 3: a header, named values, the tensors' places, then the tensors, each on a
// 32-byte boundary.
import type { Tensor } from './tensors.ts';

const VERSION = 3;
const ALIGNMENT = 32;
const TYPE_OF_TENSOR_F32 = 0;

/** The value types as the format numbers them. */
const TYPE = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, array: 9 } as const;

export type Field = { readonly name: string; readonly type: number; readonly bytes: Buffer };

export function textField(name: string, value: string): Field {
  return { name, type: TYPE.text, bytes: text(value) };
}

export function u32Field(name: string, value: number): Field {
  return { name, type: TYPE.u32, bytes: u32(value) };
}

export function f32Field(name: string, value: number): Field {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return { name, type: TYPE.f32, bytes };
}

export function boolField(name: string, value: boolean): Field {
  return { name, type: TYPE.bool, bytes: Buffer.from([value ? 1 : 0]) };
}

export function textsField(name: string, values: readonly string[]): Field {
  return arrayField(name, TYPE.text, values.map(text));
}

export function i32sField(name: string, values: readonly number[]): Field {
  return arrayField(name, TYPE.i32, values.map(i32));
}

export function gguf(fields: readonly Field[], tensors: readonly Tensor[]): Buffer {
  let offset = 0;
  const places = tensors.map((tensor) => {
    const place = placeOf(tensor, offset);
    offset += aligned(tensor.values.byteLength);
    return place;
  });
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(VERSION),
    u64(tensors.length),
    u64(fields.length),
    ...fields.map(({ name, type, bytes }) => Buffer.concat([text(name), u32(type), bytes])),
    ...places,
  ]);
  return Buffer.concat([padded(head), ...tensors.map(({ values }) => padded(floats(values)))]);
}

function placeOf({ name, dimensions }: Tensor, offset: number): Buffer {
  return Buffer.concat([
    text(name),
    u32(dimensions.length),
    ...dimensions.map(u64),
    u32(TYPE_OF_TENSOR_F32),
    u64(offset),
  ]);
}

function arrayField(name: string, type: number, items: readonly Buffer[]): Field {
  const bytes = Buffer.concat([u32(type), u64(items.length), ...items]);
  return { name, type: TYPE.array, bytes };
}

/** Little-endian whatever the machine is. */
function floats(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.byteLength);
  values.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes;
}

function aligned(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(aligned(bytes.length) - bytes.length)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
