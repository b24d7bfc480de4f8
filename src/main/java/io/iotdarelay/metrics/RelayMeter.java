package io.iotdarelay.metrics;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/** The catalogue of the relay's meters. Names and labels are part of the contract with users. */
public enum RelayMeter implements MeterDocumentation {
    RECORDS_BEGUN("relay.records.begun", Meter.Type.COUNTER, "records", "Records taken from Kafka.", Label.ROUTE),
    RECORDS_DELIVERED(
            "relay.records.delivered",
            Meter.Type.COUNTER,
            "records",
            "Records for which the platform returned 2xx.",
            Label.ROUTE),
    RECORDS_REJECTED(
            "relay.records.rejected",
            Meter.Type.COUNTER,
            "records",
            "Records whose dead letter Kafka has acknowledged, by the dead letter's reason.",
            Label.ROUTE,
            Label.REASON),
    RECORDS_SKIPPED(
            "relay.records.skipped",
            Meter.Type.COUNTER,
            "records",
            "Records that report nothing: with a null value or one of zero bytes, that no route takes, in which an array is"
                    + " empty, or that newer ones replaced.",
            Label.ROUTE),
    RECORDS_SUPERSEDED(
            "relay.records.superseded",
            Meter.Type.COUNTER,
            "records",
            "Of the skipped records, those that newer records of their device replaced (relay.lane.keep: latest).",
            Label.ROUTE),
    REPORTS(
            "relay.reports",
            Meter.Type.COUNTER,
            "reports",
            "Reports that records became, by the route that made them: delivered, rejected or superseded. A record may become several.",
            Label.ROUTE,
            Label.OUTCOME),
    RECORDS_ABANDONED(
            "relay.records.abandoned",
            Meter.Type.COUNTER,
            "records",
            "Records whose partition was revoked before they were finished. The next owner delivers them.",
            Label.ROUTE),
    RECORDS_IN_FLIGHT(
            "relay.records.in.flight",
            Meter.Type.GAUGE,
            "records",
            "Records that were read and are not settled. At every scrape, begun = delivered + rejected + skipped + abandoned + in"
                    + " flight.",
            Label.ROUTE),
    RECORD_LATENCY(
            "relay.record.latency",
            Meter.Type.TIMER,
            "seconds",
            "From a record's timestamp to the platform's 2xx. Includes the time that the record spent in Kafka.",
            Label.ROUTE),
    MODEL_FINDINGS(
            "relay.model.findings",
            Meter.Type.COUNTER,
            "findings",
            "What product models say against reports, by rule and by what was done: the record rejected, the value stripped or"
                    + " coerced, or only warned of.",
            Label.ROUTE,
            Label.RULE,
            Label.ACTION),
    MODEL_CHANGES(
            "relay.model.changes",
            Meter.Type.COUNTER,
            "changes",
            "Product models that took the place of another one while the relay was running: of a file, or of the platform."),
    MODEL_PRODUCTS(
            "relay.model.products",
            Meter.Type.GAUGE,
            "products",
            "Products whose model is that of the platform, by state: current; kept, as the platform does not answer; refused, as the"
                    + " platform has none that can be used; unknown, as it has not answered yet. Only with such products.",
            Label.STATE),
    MODEL_AGE(
            "relay.model.age",
            Meter.Type.GAUGE,
            "seconds",
            "Since the platform last answered with a model, for the product for which that is longest ago; since the start where it has not"
                    + " answered. Refused ones are left out. Only with such products."),
    REQUESTS(
            "relay.requests",
            Meter.Type.COUNTER,
            "requests",
            "HTTPS requests to the platform, by call and outcome.",
            Label.API,
            Label.OUTCOME),
    REQUESTS_LIMIT(
            "relay.requests.limit",
            Meter.Type.GAUGE,
            "requests",
            "How many requests may be in flight now (relay.lane.in-flight-limit); at most relay.lane.max-in-flight-requests."),
    REQUEST_DURATION(
            "relay.request.duration",
            Meter.Type.TIMER,
            "seconds",
            "How long a request took, from sending it to the end of its response, failures included.",
            Label.API),
    REQUEST_RECORDS(
            "relay.request.records",
            Meter.Type.DISTRIBUTION_SUMMARY,
            "records",
            "How many reports one request carried.",
            Label.API),
    TOKENS_FETCHED("relay.tokens.fetched", Meter.Type.COUNTER, "tokens", "Access tokens that the platform granted."),
    TOKENS_TAKEN_OVER(
            "relay.tokens.taken.over",
            Meter.Type.COUNTER,
            "tokens",
            "Access tokens that were taken from the store of tokens instead of being fetched."),
    TOKENS_CACHED("relay.tokens.cached", Meter.Type.GAUGE, "tokens", "Cached access tokens."),
    TOKENS_CONTENTION(
            "relay.tokens.contention",
            Meter.Type.COUNTER,
            "requests",
            "Requests refused for their token although it had just been fetched: another client authenticates the same"
                    + " device."),
    TOKENS_STORED(
            "relay.tokens.stored",
            Meter.Type.GAUGE,
            "tokens",
            "Access tokens of the store that are in memory, of all devices and instances. Only with relay.tokens.store: topic."),
    TOKENS_STORE_USABLE(
            "relay.tokens.store.usable",
            Meter.Type.GAUGE,
            "",
            "1 while the store of tokens can be read and written; 0 otherwise: tokens are then kept in memory only. Only with"
                    + " relay.tokens.store: topic."),
    TOKENS_STORE_FAILURES(
            "relay.tokens.store.failures",
            Meter.Type.COUNTER,
            "records",
            "Records that could not be written to the store of tokens, or did not come back in time."),
    TOKENS_STORE_IGNORED(
            "relay.tokens.store.ignored",
            Meter.Type.COUNTER,
            "records",
            "Records in the store of tokens that were ignored: unknown-key, undecryptable, garbled or future. Expired tokens are"
                    + " not counted.",
            Label.REASON),
    DEVICES_QUARANTINED(
            "relay.devices.quarantined",
            Meter.Type.GAUGE,
            "devices",
            "Devices whose credentials the platform refuses, and whose records are dead letters until a probe succeeds."),
    DEVICES_LOOKUPS(
            "relay.devices.lookups",
            Meter.Type.COUNTER,
            "lookups",
            "Devices that the platform was asked for: found, absent, ambiguous (several have that node ID), no-secret (it does not show one),"
                    + " refused, throttled or failed; what was throttled or failed is asked again if records wait for it. Only with"
                    + " relay.devices.platform.",
            Label.OUTCOME),
    DEVICES_LOOKUPS_WAITING(
            "relay.devices.lookups.waiting",
            Meter.Type.GAUGE,
            "devices",
            "Devices that the platform is being asked for, that are being created, or that wait for their turn. Only with"
                    + " relay.devices.platform."),
    DEVICES_ABSENT(
            "relay.devices.absent",
            Meter.Type.GAUGE,
            "devices",
            "Devices that the platform does not have, or tells nothing of, and that are not asked for again at present. Only with"
                    + " relay.devices.platform."),
    PARTITION_LAG(
            "relay.partition.lag",
            Meter.Type.GAUGE,
            "records",
            "Records in Kafka that are not settled, up to the high watermark, where it is known: those that an open transaction"
                    + " holds back are counted, and so are aborted records and the markers of transactions.",
            Label.TOPIC,
            Label.PARTITION),
    PARTITION_IN_FLIGHT(
            "relay.partition.in.flight",
            Meter.Type.GAUGE,
            "records",
            "Records of the partition that were read and are not settled.",
            Label.TOPIC,
            Label.PARTITION),
    PARTITION_OLDEST_UNFINISHED(
            "relay.partition.oldest.unfinished",
            Meter.Type.GAUGE,
            "seconds",
            "How long ago the partition's oldest unfinished record was read; 0 while none is in flight.",
            Label.TOPIC,
            Label.PARTITION),
    PARTITION_STALLED(
            "relay.partition.stalled",
            Meter.Type.GAUGE,
            "seconds",
            "For how long the committed offset, as acknowledged by Kafka, has not moved although there are records to deliver.",
            Label.TOPIC,
            Label.PARTITION),
    PARTITION_UNCOMMITTED(
            "relay.partition.uncommitted",
            Meter.Type.GAUGE,
            "seconds",
            "For how long there has been something to commit without Kafka acknowledging a commit; 0 while everything is"
                    + " committed. Normally below 3 seconds.",
            Label.TOPIC,
            Label.PARTITION),
    PARTITION_OPEN_TRANSACTION(
            "relay.partition.open.transaction",
            Meter.Type.GAUGE,
            "seconds",
            "For how long a producer's open transaction has kept the last stable offset from moving while there are records behind"
                    + " it; no value below 30 seconds.",
            Label.TOPIC,
            Label.PARTITION),
    PARTITION_RETENTION(
            "relay.partition.retention",
            Meter.Type.GAUGE,
            "seconds",
            "The age at which Kafka may delete records of the topic (retention.ms); no value while nothing waits, if records are"
                    + " kept indefinitely, or if DescribeConfigs on the topic is not permitted.",
            Label.TOPIC,
            Label.PARTITION),
    PARTITION_RETENTION_LEFT(
            "relay.partition.retention.left",
            Meter.Type.GAUGE,
            "seconds",
            "Until the oldest unfinished record reaches that age, by its timestamp; negative beyond that. Kafka deletes whole"
                    + " segments, so usually later; retention.bytes is not predicted.",
            Label.TOPIC,
            Label.PARTITION),
    PARTITION_LOST(
            "relay.partition.lost",
            Meter.Type.GAUGE,
            "records",
            "Records that retention deleted before they were read: until an operator acknowledges them (POST"
                    + " /actuator/losses/TOPIC-PARTITION), or for 24 hours, or until the relay is restarted.",
            Label.TOPIC,
            Label.PARTITION),
    RECORDS_LOST(
            "relay.records.lost",
            Meter.Type.COUNTER,
            "records",
            "Records that retention deleted before they were read. Counts offsets, so it is an upper bound.",
            Label.TOPIC),
    PARTITION_WAITING(
            "relay.partition.waiting",
            Meter.Type.GAUGE,
            "",
            "1 for what the partition's oldest unfinished record waits for: answer, backoff, breaker,"
                    + " dead-letter, dead-letter-budget, directory, former-gateway, interval, linger, lookup, quota, registry, retry, slot or token; or open-transaction while an"
                    + " open transaction prevents reading.",
            Label.TOPIC,
            Label.PARTITION,
            Label.REASON),
    HEAD_OF_LINE(
            "relay.head.of.line",
            Meter.Type.COUNTER,
            "partitions",
            "How often one record has held back at least 100 others, 90 % of them finished, for 5 seconds."),
    REPLAYS_AVOIDED(
            "relay.replays.avoided",
            Meter.Type.COUNTER,
            "records",
            "Records that a previous owner of their partition had finished beyond the committed offset, and that were not"
                    + " delivered again."),
    PARTITION_PAUSED(
            "relay.partition.paused",
            Meter.Type.GAUGE,
            "",
            "1 for each partition that is not read at the moment, with the reason; no value for the others.",
            Label.TOPIC,
            Label.PARTITION,
            Label.REASON),
    PAUSES(
            "relay.pauses",
            Meter.Type.GAUGE,
            "pauses",
            "Pauses in force that operators ordered: of everything, a route or a partition."),
    PAUSES_OLDEST(
            "relay.pauses.oldest",
            Meter.Type.GAUGE,
            "seconds",
            "How long ago the oldest pause in force was ordered; 0 while there is none."),
    REDRIVEN(
            "relay.redriven",
            Meter.Type.COUNTER,
            "records",
            "Dead letters that were sent again, by what became of them: delivered, or rejected, which is a dead letter again. They count in the"
                    + " meters of records, too, but not in relay.record.latency.",
            Label.OUTCOME),
    MAPPING_REFUSED(
            "relay.mapping.refused",
            Meter.Type.GAUGE,
            "",
            "1 while the file of the mapping is refused, and the mapping that was read before stays in force."),
    DIRECTORY_DEVICES("relay.directory.devices", Meter.Type.GAUGE, "devices", "Devices in the device directory."),
    DIRECTORY_INVALID(
            "relay.directory.invalid",
            Meter.Type.GAUGE,
            "entries",
            "Entries of the device directory that are invalid, and are ignored."),
    DIRECTORY_READABLE(
            "relay.directory.readable",
            Meter.Type.GAUGE,
            "",
            "1 while the device directory is loaded and can be read; 0 otherwise: what was read before stays in use."),
    DIRECTORY_AGE(
            "relay.directory.age",
            Meter.Type.GAUGE,
            "seconds",
            "How long ago the content of the device directory changed."),
    TLS_REFUSED(
            "relay.tls.refused",
            Meter.Type.GAUGE,
            "",
            "1 while renewed certificates of a bundle cannot be used, and the previous ones stay in use.",
            Label.BUNDLE),
    LOGINS_FAILED(
            "relay.logins.failed",
            Meter.Type.COUNTER,
            "logins",
            "Failed logins at the HTTP port: refused, or throttled after too many failures.",
            Label.OUTCOME),
    CHANGES(
            "relay.changes",
            Meter.Type.COUNTER,
            "changes",
            "Changes that users made over HTTP: accepted, or refused because the user may not change anything.",
            Label.OUTCOME),
    QUOTA_WAITING(
            "relay.quota.waiting",
            Meter.Type.GAUGE,
            "requests",
            "Requests that wait for the quota, or because the platform throttles."),
    QUOTA_RATE(
            "relay.quota.rate",
            Meter.Type.GAUGE,
            "messages",
            "Messages that this instance may send in a second now, in the platform's units: its quota, or less after the platform"
                    + " throttled. 0 is no limit."),
    QUOTA_SHARE(
            "relay.quota.share",
            Meter.Type.GAUGE,
            "part",
            "Part of relay.quota.messages-per-second that this instance may use now, from 0 to 1. Only with relay.quota.scope: cluster."),
    REGISTRY_REQUESTS(
            "relay.registry.requests",
            Meter.Type.COUNTER,
            "requests",
            "Schemas that the schema registry was asked for: found, unknown, or failed, which is asked again. Only if a route needs"
                    + " a registry.",
            Label.OUTCOME),
    PLATFORM_REQUESTS(
            "relay.platform.requests",
            Meter.Type.COUNTER,
            "requests",
            "Calls of the platform's application side, by call and outcome: found, absent, exists, refused, throttled, misconfigured,"
                    + " unreachable, or withheld, which is not sent. Only with relay.platform.",
            Label.API,
            Label.OUTCOME),
    PLATFORM_REQUEST_DURATION(
            "relay.platform.request.duration",
            Meter.Type.TIMER,
            "seconds",
            "How long a call of the application side took whose turn it was, from reading the files of the key to the end of the"
                    + " answer, failures included, without the time that it waited for its turn. Only with relay.platform.",
            Label.API),
    PLATFORM_RATE(
            "relay.platform.rate",
            Meter.Type.GAUGE,
            "requests",
            "Calls that this instance may send to the application side in a second now: relay.platform.requests-per-second, or less"
                    + " after the platform throttled. Only with relay.platform."),
    PLATFORM_WAITING(
            "relay.platform.waiting",
            Meter.Type.GAUGE,
            "requests",
            "Calls of the application side that wait for their turn. Only with relay.platform."),
    DEVICES_REGISTRATIONS(
            "relay.devices.registrations",
            Meter.Type.COUNTER,
            "devices",
            "Devices that a route wanted to create (relay.routes[].provision): created; existed, which was there already; moved, a child that"
                    + " was there behind another gateway; refused; capped; dry-run; or withheld, because the platform gave no answer."
                    + " Only with relay.platform.",
            Label.ROUTE,
            Label.OUTCOME),
    DEVICES_KEPT(
            "relay.devices.kept",
            Meter.Type.COUNTER,
            "devices",
            "Devices learnt from the platform that were to be kept in relay.devices.topic: written; differs, because the topic has another"
                    + " entry that is not the relay's; or failed, which is in memory only. Only with relay.devices.keep: topic.",
            Label.OUTCOME),
    READ_BACK(
            "relay.platform.read.back",
            Meter.Type.COUNTER,
            "reports",
            "Delivered reports that were looked for in their device's shadow, by service: stored, newer, different or missing. Only"
                    + " with relay.platform.read-back.",
            Label.ROUTE,
            Label.SERVICE,
            Label.OUTCOME),
    READ_BACK_NOT_STORED(
            "relay.platform.read.back.not.stored",
            Meter.Type.GAUGE,
            "properties",
            "Properties that this instance delivers and the platform does not store, again and again: at least three failures, none of"
                    + " which was followed by a success of the same device. At most 20 over all routes. From a route's first check on."
                    + " Only with relay.platform.read-back.",
            Label.ROUTE),
    READ_BACK_AGE(
            "relay.platform.read.back.age",
            Meter.Type.GAUGE,
            "seconds",
            "How long ago this instance last saw on the platform what it had delivered (outcome stored, or newer by a later report of the"
                    + " relay itself); since the route's first check, if it never did. Only with relay.platform.read-back.",
            Label.ROUTE),
    READ_BACK_FORGOTTEN(
            "relay.platform.read.back.forgotten",
            Meter.Type.COUNTER,
            "checks",
            "Checks of devices that came to no verdict: no-shadow, trouble (of the application side), moved (the partition did), late"
                    + " (others wanted the application side), unclear (a masked value, for example) or defect. Only with"
                    + " relay.platform.read-back.",
            Label.REASON);

    private final String name;
    private final Meter.Type type;
    private final String unit;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // copied on the way in and on the way out
    private final Label[] labels;

    RelayMeter(String name, Meter.Type type, String unit, String description, Label... labels) {
        this.name = name;
        this.type = type;
        this.unit = unit;
        this.description = description;
        this.labels = labels.clone();
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public Meter.Type getType() {
        return type;
    }

    @Override
    public @Nullable String getBaseUnit() {
        return unit.isEmpty() ? null : unit;
    }

    @Override
    public KeyName[] getKeyNames() {
        return labels.clone();
    }

    /** The unit that is part of the name in Prometheus: only that of times. */
    @Nullable
    String shownUnit() {
        return unit.equals("seconds") ? unit : null;
    }

    public String description() {
        return description;
    }

    /** The labels of the relay's meters. */
    public enum Label implements KeyName {
        ROUTE("route", "the route's name"),
        REASON("reason", "why: a documented code"),
        SERVICE("service", "the service's ID; other beyond 1,000 of them"),
        RULE("rule", "the rule of a product model, see models.md"),
        ACTION("action", "rejected, stripped, coerced or warned"),
        API(
                "api",
                "device-auth, messages, properties or gateway; of the application side get-device, create-device, reset-secret,"
                        + " change-gateway, get-product, get-shadow or list-devices"),
        OUTCOME(
                "outcome",
                "of requests accepted, or the class of the failure; of reports delivered, rejected or superseded; of read-backs"
                        + " stored, newer, different or missing"),
        STATE("state", "current, kept, refused or unknown, see models.md"),
        BUNDLE("bundle", "the name of a spring.ssl.bundle"),
        TOPIC("topic", "the source topic"),
        PARTITION("partition", "the source partition");

        private final String key;
        private final String meaning;

        Label(String key, String meaning) {
            this.key = key;
            this.meaning = meaning;
        }

        @Override
        public String asString() {
            return key;
        }

        public String meaning() {
            return meaning;
        }
    }
}
