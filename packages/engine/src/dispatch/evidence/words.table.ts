// Words by which a text says that its writer is not sure, or declines; in the languages that the
// scanner of sensitive text knows best.

const any = (words: readonly string[]): string => words.join('|');

/** Each is one sign of doubt. */
export const HEDGES: RegExp = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${any([
    ...[
      "i'?m not (?:entirely |completely |quite |really )?(?:sure|certain)",
      "i (?:don't|do not) know",
    ],
    ...['not (?:entirely |completely )?(?:sure|certain|clear)', 'hard to say', 'it is unclear'],
    ...[
      'maybe',
      'perhaps',
      'possibly',
      'presumably',
      'i (?:think|guess|believe|suppose)',
      'as far as i know',
    ],
    ...['might be', 'could be wrong', 'i may be wrong', 'i am unsure', 'uncertain', 'it depends'],
    ...["i (?:can't|cannot) (?:verify|confirm|be sure)", 'without more (?:information|context)'],
    ...[
      'ich bin (?:mir )?nicht sicher',
      'vielleicht',
      'möglicherweise',
      'vermutlich',
      'ich glaube',
      'unklar',
    ],
    ...[
      'je ne suis pas (?:sûr|certain)',
      'peut-être',
      'probablement',
      'je pense que',
      'je crois que',
    ],
    ...['no estoy segur[oa]', 'quizás', 'tal vez', 'posiblemente', 'creo que', 'probablemente'],
    ...['non sono sicur[oa]', 'forse', 'probabilmente', 'credo che'],
    ...['não tenho certeza', 'talvez', 'provavelmente', 'acho que'],
    ...['ik weet het niet zeker', 'misschien', 'waarschijnlijk'],
  ])})(?![\\p{L}\\p{N}])`,
  'giu',
);

/** At the beginning of an answer. */
export const REFUSALS: RegExp = new RegExp(
  `^\\W{0,4}(?:${any([
    ...[
      "(?:i'?m |i am )?sorry[,.]? (?:but )?(?:i|as)",
      "i (?:can't|cannot|can not|am unable to|'m unable to) (?:help|assist|answer|provide|do|determine)",
    ],
    ...[
      'as an ai',
      "i (?:do not|don't) have (?:access|enough|the ability)",
      'unfortunately,? i (?:can|am)',
    ],
    ...['es tut mir leid', 'ich kann (?:das |dir |ihnen )?(?:leider )?nicht', 'leider kann ich'],
    ...[
      'je suis désolée?',
      'je ne peux pas',
      'lo siento',
      'no puedo ',
      'mi dispiace',
      'não posso ',
      'desculpe',
    ],
  ])})`,
  'iu',
);
