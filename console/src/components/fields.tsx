// Fields that several forms have.

import type { ReactNode } from 'react';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';

interface TextProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  description?: ReactNode;
  constraint?: ReactNode;
  error?: string;
  placeholder?: string;
  isNumber?: boolean;
  isDisabled?: boolean;
}

export function TextField({ label, value, onChange, description, constraint, error, placeholder, isNumber, isDisabled }: TextProps) {
  return (
    <FormField label={label} description={description} constraintText={constraint} errorText={error}>
      <Input
        value={value}
        placeholder={placeholder}
        disabled={isDisabled}
        inputMode={isNumber ? 'numeric' : undefined}
        spellcheck={false}
        onChange={({ detail }) => onChange(isNumber ? detail.value.trim() : detail.value)}
      />
    </FormField>
  );
}

export interface Choice {
  value: string;
  label: string;
  description?: string;
}

interface ChoiceProps {
  label: string;
  value: string;
  choices: readonly Choice[];
  onChange: (value: string) => void;
  description?: ReactNode;
  constraint?: ReactNode;
  error?: string;
  placeholder?: string;
  isLoading?: boolean;
  isFiltered?: boolean;
  secondary?: ReactNode;
}

/** A choice of a few; a value that is none of them is shown as it is. */
export function ChoiceField(props: ChoiceProps) {
  const { label, value, choices, onChange, description, constraint, error, placeholder, isLoading, isFiltered, secondary } = props;
  const selected = choices.find((choice) => choice.value === value) ?? (value === '' ? null : { value, label: value });
  return (
    <FormField label={label} description={description} constraintText={constraint} errorText={error} secondaryControl={secondary}>
      <Select
        options={[...choices]}
        selectedOption={selected}
        placeholder={placeholder}
        statusType={isLoading ? 'loading' : 'finished'}
        loadingText="Loading"
        filteringType={isFiltered ? 'auto' : 'none'}
        filteringAriaLabel={`Find in ${label}`}
        empty="Nothing to choose from"
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}
