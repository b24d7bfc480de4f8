package io.iotdarelay.mapping;

import io.iotdarelay.decode.Encoding;
import io.iotdarelay.telemetry.Keep;
import io.iotdarelay.telemetry.Provision;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A compiled route. Immutable; the same record always becomes the same reports. */
public final class Route {

    private static final Mapping NOT_TAKEN = new Mapping.NotTaken();

    private static final Draft TOO_LARGE = new Draft.Unmappable(Rejection.of(RejectionReason.TOO_LARGE, Each.TOO_MANY));

    private static final Draft TOO_MUCH = new Draft.Unmappable(Rejection.of(RejectionReason.TOO_LARGE, Work.TOO_MUCH));

    private final String name;
    private final Encoding encoding;
    private final @Nullable Condition when;
    private final @Nullable Each each;
    private final ReportRule rule;
    private final ProvisionCompiler.@Nullable Compiled provision;
    private final boolean whole;
    private final @Nullable Keep keep;
    private final PermittedDevices devices;
    private final @Nullable String deadLetterTopic;
    private final Part.Id id;

    /**
     * A route.
     *
     * @param when which records take it; all without
     * @param each of what a report is made, each; of the whole record without
     * @param provision how its devices are created; none are without
     * @param whole whether nothing of a record is to be sent where a part of it cannot be mapped
     * @param keep which of a device's waiting reports are sent, if it says so
     * @param devices for which it may speak
     * @param deadLetterTopic its own, if it has one
     */
    Route(
            String name,
            Encoding encoding,
            @Nullable Condition when,
            @Nullable Each each,
            ReportRule rule,
            ProvisionCompiler.@Nullable Compiled provision,
            boolean whole,
            @Nullable Keep keep,
            PermittedDevices devices,
            @Nullable String deadLetterTopic) {
        this.name = name;
        this.encoding = encoding;
        this.when = when;
        this.each = each;
        this.rule = rule;
        this.provision = provision;
        this.whole = whole;
        this.keep = keep;
        this.devices = devices;
        this.deadLetterTopic = deadLetterTopic;
        this.id = new Part.Id(name, "", 0, 0, "");
    }

    public String name() {
        return name;
    }

    /** Of what a report is made, each; empty where one is made of the whole record. */
    public String each() {
        return each == null ? "" : each.description();
    }

    /** How the records' values are written. */
    public Encoding encoding() {
        return encoding;
    }

    /** Whether nothing of a record that it takes is to be sent where a part of the record cannot be mapped. */
    public boolean isWhole() {
        return whole;
    }

    /** Which of a device's waiting reports are sent; nothing where what counts for all routes counts. */
    public @Nullable Keep keep() {
        return keep;
    }

    /** The devices for which it may speak. */
    public PermittedDevices devices() {
        return devices;
    }

    /** What it allows for new devices; empty where it creates none. */
    public Optional<Provisioning> provisioning() {
        return Optional.ofNullable(provision).map(ProvisionCompiler.Compiled::provisioning);
    }

    /** Where its dead letters go; empty where they go where all others do. */
    public Optional<String> deadLetterTopic() {
        return Optional.ofNullable(deadLetterTopic);
    }

    public Mapping map(SourceRecord record, JsonNode value) {
        return map(record, value, new Work());
    }

    /**
     * Maps a record.
     *
     * @param work counts what is done for the record, over all of its routes. Where it is exceeded, nothing of the record should be used.
     */
    public Mapping map(SourceRecord record, JsonNode value, Work work) {
        Scope scope = Scope.of(record, value, work);
        if (when != null && !when.holds(scope)) {
            return work.isExceeded() ? new Mapping.Reports(List.of(new Part(id, TOO_MUCH))) : NOT_TAKEN;
        }
        if (each == null) {
            return new Mapping.Reports(List.of(part(id, rule, rules(), scope)));
        }
        Each.Found found = each.of(scope);
        return new Mapping.Reports(
                found == null
                        ? List.of(new Part(id, work.isExceeded() ? TOO_MUCH : TOO_LARGE))
                        : new Elements(name, each.description(), rule, rules(), found));
    }

    private @Nullable ProvisionRule rules() {
        return provision == null ? null : provision.rule();
    }

    /** A report with how its devices are created, unless the record takes too much work. */
    static Part part(Part.Id id, ReportRule rule, @Nullable ProvisionRule provision, Scope scope) {
        scope.work().beginReport();
        Draft draft = rule.draft(scope);
        List<Provision> provisions = provision == null ? List.of() : provision.of(draft, scope);
        return scope.work().isExceeded() ? new Part(id, TOO_MUCH) : new Part(id, draft, provisions);
    }
}
