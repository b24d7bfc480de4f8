package io.iotdarelay.readback;

import io.iotdarelay.pipeline.DeliveredReports;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the poll thread leaves: the reports of devices that are watched at the moment, and a few of the others, of which watched ones are
 * chosen. References only, and never a lock; for most reports, one lookup.
 */
final class Deliveries implements DeliveredReports {

    /** Between two turns of the thread that reads them. */
    static final int MOST_SAMPLES = 64;

    /** Watched devices whose reports are kept at a time. */
    static final int MOST_HOLDING = 64;

    private final Queue<Delivered> samples = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sampled = new AtomicInteger();
    private final Map<DeviceId, Capture> captures = new ConcurrentHashMap<>();
    private final AtomicInteger holding = new AtomicInteger();

    @Override
    public void add(String route, Report report, Assignment assignment, Instant at) {
        if (report instanceof Report.Message) {
            return; // the platform keeps nothing of it
        }
        Capture capture = captures.get(report.device());
        if (capture != null) {
            capture.add(route, report, assignment, at);
        } else if (sampled.get() < MOST_SAMPLES && report.json().length() <= Capture.MOST_BYTES) {
            sampled.incrementAndGet();
            samples.add(new Delivered(0, route, report, assignment, at));
        }
    }

    /** Takes the samples since the last time. */
    List<Delivered> takeSamples() {
        List<Delivered> taken = new ArrayList<>();
        for (Delivered next = samples.poll(); next != null; next = samples.poll()) {
            sampled.decrementAndGet();
            taken.add(next);
        }
        return taken;
    }

    /** From now on the reports of a device are kept. */
    Capture watch(DeviceId device) {
        return put(device, new Capture(holding, MOST_HOLDING));
    }

    /** The same, with a sample as the first one. */
    Capture watch(Delivered sample) {
        Capture capture = new Capture(holding, MOST_HOLDING);
        capture.begin(sample);
        return put(sample.report().device(), capture);
    }

    private Capture put(DeviceId device, Capture capture) {
        captures.put(device, capture);
        return capture;
    }

    /** And no longer. */
    void release(DeviceId device, Capture capture) {
        captures.remove(device, capture);
        capture.close();
    }

    /** How many devices are watched at the moment. */
    int watched() {
        return captures.size();
    }

    int holding() {
        return holding.get();
    }
}
