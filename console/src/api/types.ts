// CloudFront's documents, as far as the console uses their members. What is not named here stays in the document.

export interface Counted<T> {
  Quantity: number;
  Items?: T[];
}

export interface CustomErrorResponse {
  ErrorCode: number;
  ResponsePagePath?: string;
  ResponseCode?: string;
  ErrorCachingMinTTL?: number;
}

export interface Origin {
  Id: string;
  DomainName: string;
  OriginPath?: string;
  CustomHeaders?: Counted<{ HeaderName: string; HeaderValue: string }>;
  S3OriginConfig?: { OriginAccessIdentity: string; OriginReadTimeout?: number };
  CustomOriginConfig?: CustomOriginConfig;
  VpcOriginConfig?: Record<string, unknown>;
  ConnectionAttempts?: number;
  ConnectionTimeout?: number;
  ResponseCompletionTimeout?: number;
  OriginShield?: { Enabled: boolean; OriginShieldRegion?: string };
  OriginAccessControlId?: string;
}

export interface CustomOriginConfig {
  HTTPPort: number;
  HTTPSPort: number;
  OriginProtocolPolicy: string;
  OriginSslProtocols?: Counted<string>;
  OriginReadTimeout?: number;
  OriginKeepaliveTimeout?: number;
  IpAddressType?: string;
}

export interface BehaviorSettings {
  TargetOriginId: string;
  ViewerProtocolPolicy: string;
  AllowedMethods?: Counted<string> & { CachedMethods?: Counted<string> };
  Compress?: boolean;
  SmoothStreaming?: boolean;
  LambdaFunctionAssociations?: Counted<unknown>;
  FieldLevelEncryptionId?: string;
  CachePolicyId?: string;
  OriginRequestPolicyId?: string;
  ResponseHeadersPolicyId?: string;
  ForwardedValues?: unknown;
  MinTTL?: number;
  DefaultTTL?: number;
  MaxTTL?: number;
}

export interface CacheBehavior extends BehaviorSettings {
  PathPattern: string;
}

export interface OriginGroup {
  Id: string;
  FailoverCriteria: { StatusCodes: Counted<number> };
  Members: Counted<{ OriginId: string }>;
}

export interface DistributionConfig {
  CallerReference: string;
  Aliases?: Counted<string>;
  DefaultRootObject?: string;
  Origins: Counted<Origin>;
  OriginGroups?: Counted<OriginGroup>;
  DefaultCacheBehavior: BehaviorSettings;
  CacheBehaviors?: Counted<CacheBehavior>;
  CustomErrorResponses?: Counted<CustomErrorResponse>;
  Comment: string;
  PriceClass?: string;
  Enabled: boolean;
  HttpVersion?: string;
  IsIPV6Enabled?: boolean;
  [member: string]: unknown;
}

export interface Distribution {
  Id: string;
  ARN: string;
  Status: string;
  LastModifiedTime: string;
  InProgressInvalidationBatches: number;
  DomainName: string;
  DistributionConfig: DistributionConfig;
}

export interface DistributionSummary {
  Id: string;
  ARN: string;
  ETag?: string;
  Status: string;
  LastModifiedTime: string;
  DomainName: string;
  Aliases: Counted<string>;
  Origins: Counted<Origin>;
  Comment: string;
  Enabled: boolean;
  PriceClass: string;
  HttpVersion: string;
}

/** A page of a list that says where the next one begins. */
export interface Page<T> {
  NextMarker?: string;
  Quantity: number;
  Items?: T[];
}

export interface InvalidationBatch {
  Paths: Counted<string>;
  CallerReference: string;
}

export interface Invalidation {
  Id: string;
  Status: string;
  CreateTime: string;
  InvalidationBatch: InvalidationBatch;
}

export type InvalidationSummary = Omit<Invalidation, 'InvalidationBatch'>;

export interface OriginAccessControlConfig {
  Name: string;
  Description?: string;
  SigningProtocol: string;
  SigningBehavior: string;
  OriginAccessControlOriginType: string;
}

export type OriginAccessControlSummary = OriginAccessControlConfig & { Id: string };

export interface Tag {
  Key: string;
  Value?: string;
}

/** A policy as it is chosen: by name. */
export interface Policy {
  id: string;
  name: string;
  comment: string;
  isManaged: boolean;
}

/** A document with its version. */
export interface Versioned<T> {
  value: T;
  etag: string;
  warnings: string[];
}

export interface Session {
  accessKeyId: string;
  name: string;
  role: 'admin' | 'read-only';
  expiresAt: string;
}
