package io.iotdarelay.simulator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Everything that was asked, and everything that was accepted, in order and with duplicates. Any thread. */
public final class Ledger {

    /**
     * One request, as it was answered.
     *
     * @param number counts requests from 1 on, since the start or since the ledger was cleared, in the order they were judged
     * @param device the device or product in the path, or the device in the body of an authentication or creation
     * @param status the HTTP status; 0 where the connection was reset instead
     * @param processed whether it was accepted, even if the client got no response
     * @param body its size in bytes
     * @param detail why a call of the application side was refused, as far as the client was not told; holds no secret
     */
    public record Request(
            long number,
            Instant at,
            Api api,
            String device,
            int status,
            @Nullable String errorCode,
            boolean processed,
            int body,
            @Nullable String detail) {}

    /**
     * One entry of {@code services}, or one message, that was accepted.
     *
     * @param request the request that carried it
     * @param device the device that it is about
     * @param sender the device whose token carried it
     * @param service the {@code service_id}; empty for a message
     * @param eventTime as it was sent; null if the platform's own time was used
     * @param content the properties that were kept, or the message
     * @param discarded whether some of it did not fit the model
     */
    public record Accepted(
            long request,
            Instant at,
            Api api,
            String device,
            String sender,
            String service,
            @Nullable String eventTime,
            JsonNode content,
            boolean discarded) {}

    private final AtomicLong numbers = new AtomicLong();
    private final List<Request> requests = new ArrayList<>();
    private final List<Accepted> accepted = new ArrayList<>();
    private final Map<String, Long> answers = new LinkedHashMap<>();
    private final int keep;
    private long acceptedCount;
    private long droppedRequests;
    private long droppedAccepted;

    /**
     * A ledger.
     *
     * @param keep how many requests and reports to keep at least, the latest ones; with 0 it only counts
     */
    Ledger(int keep) {
        this.keep = keep;
    }

    long nextNumber() {
        return numbers.incrementAndGet();
    }

    synchronized void note(Request request, List<Accepted> reports) {
        answers.merge(
                request.api() + " " + request.status() + (request.errorCode() == null ? "" : " " + request.errorCode()),
                1L,
                Long::sum);
        acceptedCount += reports.size();
        if (keep > 0) {
            requests.add(request);
            accepted.addAll(reports);
            droppedRequests += drop(requests);
            droppedAccepted += drop(accepted);
        }
    }

    public synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    /**
     * Some entries, in their order.
     *
     * @param next the index of the entry after the last one that was looked at
     */
    record Part<T>(List<T> entries, long next) {}

    /** Those that match of the requests, in the order they were answered, from the one at an index on, or from the oldest that is there. */
    synchronized Part<Request> requests(long from, int most, Predicate<Request> matching) {
        return part(requests, from - droppedRequests, most, droppedRequests, matching);
    }

    /** What was accepted, likewise. */
    synchronized Part<Accepted> accepted(long from, int most, Predicate<Accepted> matching) {
        return part(accepted, from - droppedAccepted, most, droppedAccepted, matching);
    }

    private static <T> Part<T> part(List<T> kept, long from, int most, long dropped, Predicate<T> matching) {
        List<T> found = new ArrayList<>();
        int next = (int) Math.clamp(from, 0L, (long) kept.size());
        while (next < kept.size() && found.size() < most) {
            T entry = kept.get(next);
            next++;
            if (matching.test(entry)) {
                found.add(entry);
            }
        }
        return new Part<>(List.copyOf(found), dropped + next);
    }

    /** Drops the oldest, once there are twice as many as wanted. Returns how many. */
    private <T> int drop(List<T> kept) {
        int tooMany = kept.size() < 2L * keep ? 0 : kept.size() - keep;
        kept.subList(0, tooMany).clear();
        return tooMany;
    }

    public List<Request> requests(Api api) {
        return requests().stream().filter(request -> request.api() == api).toList();
    }

    public synchronized List<Accepted> accepted() {
        return List.copyOf(accepted);
    }

    /** What was accepted about one device, in order. */
    public List<Accepted> accepted(String device) {
        return accepted().stream()
                .filter(report -> report.device().equals(device))
                .toList();
    }

    /** How many authentications were answered, whatever the answer. */
    public long authentications() {
        return answers().entrySet().stream()
                .filter(answer -> answer.getKey().startsWith(Api.DEVICE_AUTH + " "))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** How many reports were accepted. */
    public synchronized long acceptedCount() {
        return acceptedCount;
    }

    /** How many requests had which answer, such as {@code PROPERTIES 200}. */
    public synchronized Map<String, Long> answers() {
        return new LinkedHashMap<>(answers);
    }

    /** How many requests there were, since the start or since the ledger was cleared. */
    public long requestCount() {
        return numbers.get();
    }

    public synchronized void clear() {
        requests.clear();
        accepted.clear();
        answers.clear();
        acceptedCount = 0;
        droppedRequests = 0;
        droppedAccepted = 0;
        numbers.set(0);
    }
}
