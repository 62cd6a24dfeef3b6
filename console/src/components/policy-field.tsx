import { asFailure } from '../api/failure';
import type { PolicyKind } from '../api/resources';
import { ChoiceField } from './fields';
import { usePolicies } from './queries';

interface Props {
  kind: PolicyKind;
  label: string;
  value: string;
  onChange: (id: string) => void;
  description: string;
  /** What no policy is called; without it one must be chosen. */
  none?: string;
  error?: string;
}

/** A policy, chosen by its name. */
export function PolicyField({ kind, label, value, onChange, description, none, error }: Props) {
  const policies = usePolicies(kind);
  const failure = policies.error ? asFailure(policies.error) : null;
  const choices = (policies.data ?? []).map((policy) => ({
    value: policy.id,
    label: policy.name,
    description: policy.comment,
    labelTag: policy.isManaged ? 'Managed' : undefined,
  }));
  return (
    <ChoiceField
      label={label}
      value={value}
      choices={none === undefined ? choices : [{ value: '', label: none }, ...choices]}
      onChange={onChange}
      description={description}
      constraint={failure ? `The list of policies is not there: ${failure.message}` : undefined}
      error={error}
      placeholder="Choose a policy"
      isLoading={policies.isLoading}
      isFiltered={choices.length > 8}
    />
  );
}

/** The names of policies by their ids, as far as they are known. */
export function usePolicyNames(kind: PolicyKind): (id: string | undefined) => string {
  const policies = usePolicies(kind);
  return (id) => (id ? policies.data?.find((policy) => policy.id === id)?.name ?? id : '–');
}
