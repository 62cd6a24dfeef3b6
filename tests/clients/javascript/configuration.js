// Configurations as people write them: short, with CloudFront's own names.
"use strict";

const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";

let references = 0;

/** A name that nothing else in this process has. */
const fresh = (what) => `${what}-${++references}`;

/** A list as CloudFront counts it. */
const counted = (...items) => ({ Quantity: items.length, Items: items });

/** A distribution with one origin; `settings` replace whole members. */
function distribution({ port = 80, behavior = {}, origin = {}, ...settings } = {}) {
  const target = {
    Id: "site",
    DomainName: "site.localhost",
    CustomOriginConfig: { HTTPPort: port, HTTPSPort: 443, OriginProtocolPolicy: "http-only" },
    ...origin,
  };
  return {
    CallerReference: fresh("javascript"),
    Comment: "",
    Enabled: true,
    Origins: counted(target),
    DefaultCacheBehavior: {
      TargetOriginId: "site",
      ViewerProtocolPolicy: "allow-all",
      CachePolicyId: CACHING_OPTIMIZED,
      ...behavior,
    },
    ...settings,
  };
}

module.exports = { counted, distribution, fresh };
