import type { FieldErrors } from './fieldErrors';
import { recordAt, recordsAt, textAt, type ObjectFields } from './kubeObject';
import { isLabelValue, isQualifiedName } from './nameRules';

const operators = ['DoesNotExist', 'Exists', 'In', 'NotIn'];

/** Whether the `matchLabels` and `matchExpressions` of an object's selector select these labels. */
export function selectorMatches(selector: ObjectFields, labels: Record<string, unknown> = {}): boolean {
  const equal = Object.entries(recordAt(selector, 'matchLabels') ?? {}).every(([key, value]) => labels[key] === value);
  return equal && recordsAt(selector, 'matchExpressions').every((expression) => expressionMatches(expression, labels));
}

/** False where it found something wrong. */
export function validateSelector(selector: ObjectFields, field: string, errors: FieldErrors): boolean {
  const before = errors.causes.length;
  for (const [key, value] of Object.entries(recordAt(selector, 'matchLabels') ?? {})) {
    for (const complaint of isQualifiedName(key)) errors.invalid(`${field}.matchLabels`, key, complaint);
    for (const complaint of isLabelValue(String(value))) errors.invalid(`${field}.matchLabels`, value, complaint);
  }
  for (const [index, expression] of recordsAt(selector, 'matchExpressions').entries()) {
    const at = `${field}.matchExpressions[${index}]`;
    const operator = textAt(expression, 'operator') ?? '';
    const count = values(expression).length;
    if (!operators.includes(operator)) errors.invalid(`${at}.operator`, operator, 'not a valid selector operator');
    else if (operator.endsWith('In') && count === 0) {
      errors.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (!operator.endsWith('In') && count > 0) {
      errors.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    }
    const key = textAt(expression, 'key') ?? '';
    for (const complaint of isQualifiedName(key)) errors.invalid(`${at}.key`, key, complaint);
  }
  return errors.causes.length === before;
}

function expressionMatches(expression: ObjectFields, labels: Record<string, unknown>): boolean {
  const found = labels[textAt(expression, 'key') ?? ''];
  switch (textAt(expression, 'operator')) {
    case 'In':
      return found !== undefined && values(expression).includes(found);
    case 'NotIn':
      return found === undefined || !values(expression).includes(found);
    case 'Exists':
      return found !== undefined;
    default:
      return found === undefined;
  }
}

function values(expression: ObjectFields): unknown[] {
  return Array.isArray(expression['values']) ? expression['values'] : [];
}
