// The exercises that everybody asks for, in the two languages that they are asked for in.
export type Exercise = {
  readonly asked: RegExp;
  readonly python: string;
  readonly javascript: string;
};

export const exercises: readonly Exercise[] = [
  {
    asked: /fibonacci/i,
    python: `def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a`,
    javascript: `function fibonacci(n) {
  let [a, b] = [0, 1];
  for (let i = 0; i < n; i += 1) [a, b] = [b, a + b];
  return a;
}`,
  },
  {
    asked: /factorial/i,
    python: `def factorial(n):
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result`,
    javascript: `function factorial(n) {
  let result = 1;
  for (let i = 2; i <= n; i += 1) result *= i;
  return result;
}`,
  },
  {
    asked: /prime/i,
    python: `def is_prime(n):
    return n > 1 and all(n % i for i in range(2, int(n**0.5) + 1))`,
    javascript: `function isPrime(n) {
  for (let i = 2; i * i <= n; i += 1) if (n % i === 0) return false;
  return n > 1;
}`,
  },
  {
    asked: /revers/i,
    python: `def reverse(text):
    return text[::-1]`,
    javascript: `function reverse(text) {
  return [...text].reverse().join('');
}`,
  },
];
