package io.iotdarelay.testing;

import io.iotdarelay.mapping.Draft;
import io.iotdarelay.mapping.Mapping;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Report;
import java.util.Objects;

/** What tests ask a mapping for. */
public final class Drafts {

    private Drafts() {}

    /** The draft of a record that becomes a single report. */
    public static Draft only(Mapping mapping) {
        if (mapping instanceof Mapping.Reports reports && reports.parts().size() == 1) {
            return reports.parts().getFirst().draft();
        }
        throw new AssertionError(mapping);
    }

    /** The report of a draft. Where the directory has to name the gateway, it is {@code gateway}. */
    public static Report report(Draft draft) {
        return switch (draft) {
            case Draft.Properties properties -> new Report.Properties(properties.about(), json(properties));
            case Draft.ChildProperties child ->
                new Report.ChildProperties(
                        child.about(),
                        Objects.requireNonNullElse(child.gateway(), new DeviceId("gateway")),
                        json(child));
            case Draft.Message message -> new Report.Message(message.about(), json(message));
            case Draft.Unmappable unmappable -> throw new AssertionError(unmappable.rejection());
            case Draft.Nothing nothing -> throw new AssertionError(nothing);
        };
    }

    /** What a report becomes, however large it is. */
    public static Json json(Draft.Reportable draft) {
        return draft.write(1 << 30).orElseThrow();
    }

    /** The only report of a record. */
    public static Report report(Mapping mapping) {
        return report(only(mapping));
    }

    /** Why a record cannot be mapped; nothing else is expected. */
    public static String rejection(Mapping mapping) {
        if (only(mapping) instanceof Draft.Unmappable unmappable) {
            return unmappable.rejection().detail();
        }
        throw new AssertionError(mapping);
    }
}
