import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';

/** Text to paste elsewhere, with a button that copies it. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <SpaceBetween size="xs">
      <SpaceBetween size="s" direction="horizontal" alignItems="center">
        <Box variant="awsui-key-label">{label}</Box>
        <CopyToClipboard
          variant="button"
          copyButtonText="Copy"
          copyButtonAriaLabel={`Copy ${label}`}
          textToCopy={text}
          copySuccessText="Copied"
          copyErrorText="The browser did not allow copying"
        />
      </SpaceBetween>
      <pre className="code" role="region" aria-label={label} tabIndex={0}>{text}</pre>
    </SpaceBetween>
  );
}
