package io.iotdarelay.pipeline;

import io.iotdarelay.mapping.Draft;
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;

/** Checks reports against product models while they are still trees. Messages have none: the platform does not look into them. */
record ModelGate(ModelCheck models) {

    /** The report as it may be sent, or why it does not fit. */
    Draft pass(String route, Draft.Reportable draft) {
        return switch (draft) {
            case Draft.Properties properties ->
                pass(
                        route,
                        properties,
                        properties.services(),
                        services -> new Draft.Properties(properties.about(), services));
            case Draft.ChildProperties child ->
                pass(
                        route,
                        child,
                        child.services(),
                        services -> new Draft.ChildProperties(child.about(), child.gateway(), services));
            case Draft.Message message -> message;
        };
    }

    private Draft pass(String route, Draft.Reportable draft, ArrayNode services, Function<ArrayNode, Draft> changed) {
        DeviceId about = draft.about();
        return switch (models.check(about, route, services)) {
            case ModelCheck.Checked.Fits fits ->
                fits.services().equals(services) ? draft : changed.apply(fits.services());
            case ModelCheck.Checked.Violates violates ->
                new Draft.Unmappable(Rejection.of(RejectionReason.MODEL_VIOLATION, violates.detail())
                        .about(about));
        };
    }
}
