package io.iotdarelay.operate;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.delivery.QuarantinedDevice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Devices that are set aside: {@code GET /actuator/quarantine}. */
@Endpoint(id = "quarantine")
final class QuarantineEndpoint {

    private static final int MOST = 1000;

    private final Delivery delivery;
    private final Others others;
    private final Scheduler desk;

    QuarantineEndpoint(Delivery delivery, Others others, Scheduler desk) {
        this.delivery = delivery;
        this.others = others;
        this.desk = desk;
    }

    /**
     * What is listed.
     *
     * @param count how many there are
     * @param devices the first of them, at most 1000
     */
    record Listing(int count, List<Map<String, Object>> devices) {}

    @ReadOperation
    Mono<Object> quarantine() {
        return Mono.zip(
                Mono.fromSupplier(this::listing).subscribeOn(desk),
                others.ask(),
                (own, answers) ->
                        answers.asked() ? DeviceAnswers.quarantine(own.count(), own.devices(), answers, MOST) : own);
    }

    private Listing listing() {
        return new Listing(
                delivery.quarantinedCount(),
                delivery.quarantined(MOST).stream()
                        .map(QuarantineEndpoint::show)
                        .toList());
    }

    static Map<String, Object> show(QuarantinedDevice device) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("deviceId", device.device().value());
        shown.put("reason", device.reason().code());
        device.errorCode().ifPresent(code -> shown.put("errorCode", code));
        shown.put("since", device.since());
        shown.put("refusals", device.refusals());
        shown.put("nextProbe", device.nextProbe());
        return shown;
    }
}
