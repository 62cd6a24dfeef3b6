// What a person can paste elsewhere: commands of the AWS CLI, and the policy of a bucket.

/** A word that every POSIX shell takes as it is. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The lines of a command, one option each. */
function command(operation: string, endpoint: string, options: [string, ...string[]][]): string {
  const lines = [`aws cloudfront ${operation} --endpoint-url ${quoted(endpoint)}`];
  for (const [option, ...values] of options) lines.push(`  ${[option, ...values.map(quoted)].join(' ')}`);
  return lines.join(' \\\n');
}

/** The document goes through a file: it is longer than some shells take as an argument. */
function withDocument(name: string, document: unknown, line: string): string {
  return `cat > ${name} <<'END_OF_DOCUMENT'\n${JSON.stringify(document, null, 2)}\nEND_OF_DOCUMENT\n${line}`;
}

export function updateCommand(endpoint: string, id: string, etag: string, config: unknown): string {
  const file = 'distribution-config.json';
  return withDocument(file, config, command('update-distribution', endpoint, [
    ['--id', id], ['--if-match', etag], ['--distribution-config', `file://${file}`],
  ]));
}

export function createCommand(endpoint: string, config: unknown): string {
  const file = 'distribution-config.json';
  return withDocument(file, config, command('create-distribution', endpoint, [['--distribution-config', `file://${file}`]]));
}

export function invalidateCommand(endpoint: string, id: string, paths: string[]): string {
  return command('create-invalidation', endpoint, [['--distribution-id', id], ['--paths', ...paths]]);
}

export function deleteCommand(endpoint: string, id: string, etag: string): string {
  return command('delete-distribution', endpoint, [['--id', id], ['--if-match', etag]]);
}

/** `pages.s3.eu-west-1.example.com` is the bucket `pages`. Undefined for what is no bucket's name. */
export function bucketOf(domainName: string): string | undefined {
  return /^(.+?)\.s3(?:[.-][a-z0-9-]+)*\./i.exec(domainName)?.[1];
}

/** What lets one distribution read a bucket's objects, and tell 404 from 403 when `canList`. */
export function bucketPolicy(bucket: string, distributionArn: string, canList: boolean): string {
  const statement = (sid: string, action: string, resource: string) => ({
    Sid: sid,
    Effect: 'Allow',
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Action: action,
    Resource: resource,
    Condition: { StringEquals: { 'AWS:SourceArn': distributionArn } },
  });
  const statements = [statement('ReadObjects', 's3:GetObject', `arn:aws:s3:::${bucket}/*`)];
  if (canList) statements.push(statement('TellMissingFromForbidden', 's3:ListBucket', `arn:aws:s3:::${bucket}`));
  return JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2);
}
