/** What must hold in every run. */
export type Rule =
  | 'lost'
  | 'extra'
  | 'duplicate'
  | 'counters'
  | 'stuck'
  | 'status'
  | 'backwards'
  | 'submission'
  | 'answers'
  | 'exits'
  | 'messages';

export interface Violation {
  rule: Rule;
  text: string;
}
