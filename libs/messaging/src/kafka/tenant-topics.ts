import { KindredError, type TopicName } from '@kindred/contracts';

/** One topic of one tenant, under its name in Kafka. */
export interface TenantTopic {
  name: string;
  tenant: string;
  topic: TopicName;
}

/** Which Kafka topics belong to which tenant: "acme." + "items.v1" is tenant acme's. */
export class TenantTopics {
  private readonly prefixes = new Map<string, string>();

  constructor(private readonly tenants: Record<string, string>) {
    for (const [prefix, tenant] of Object.entries(tenants)) {
      if (!/^[a-zA-Z0-9._-]*$/.test(prefix) || prefix.length > 200) {
        throw new Error(
          `Topic prefix "${prefix}" of tenant "${tenant}" may hold letters, digits, ".", "_" and "-" only`,
        );
      }
      if (this.prefixes.has(tenant)) throw new Error(`Tenant "${tenant}" has two topic prefixes; a tenant has one`);
      this.prefixes.set(tenant, prefix);
    }
    if (this.prefixes.size === 0) throw new Error('No tenant has a topic prefix; the usual setting is {"": "default"}');
  }

  /** Throws a KindredError for a tenant without a prefix. */
  nameFor(tenant: string, topic: TopicName): string {
    const prefix = this.prefixes.get(tenant);
    if (prefix !== undefined) return prefix + topic;
    const way = `add {"${tenant}.": "${tenant}"} to KAFKA_TENANT_PREFIXES and run "kindred migrate"`;
    throw new KindredError('FIELD_INVALID', 'tenant', `Tenant "${tenant}" has no topics in Kafka; ${way}`);
  }

  /** The given topic of every tenant. */
  of(topic: TopicName): TenantTopic[] {
    return Object.entries(this.tenants).map(([prefix, tenant]) => ({ name: prefix + topic, tenant, topic }));
  }
}
