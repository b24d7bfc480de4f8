package io.iotdarelay.redrive;

import io.iotdarelay.metrics.RedriveMeters;
import io.iotdarelay.pipeline.Preview;
import io.iotdarelay.pipeline.Redrives;
import io.iotdarelay.pipeline.Settlements;
import io.iotdarelay.redrive.LetterReader.Bounds;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourcePartition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds dead letters for operators, and sends them again. Letters are shown on one thread, dry runs made on a second, and runs on a third; all
 * wait for Kafka, and nothing waits for them.
 */
public final class Redriver implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Redriver.class);

    /** What one question may read. */
    private static final int PAGE_RECORDS = 50_000;

    private static final long PAGE_BYTES = 64L * 1024 * 1024;
    private static final Duration PAGE_TIME = Duration.ofSeconds(5);
    private static final int SCAN_RECORDS = 10_000_000;
    private static final int BATCH = 100;
    private static final long BATCH_BYTES = 4L * 1024 * 1024;
    private static final Duration MAPPING = Duration.ofSeconds(20);
    private static final Duration FETCH = Duration.ofSeconds(5);
    private static final Duration NOTE_EVERY = Duration.ofMillis(500);
    private static final Duration CLOSE = Duration.ofSeconds(3);
    private static final Duration STOPPING = Duration.ofSeconds(2);
    private static final int KEPT_RUNS = 20;
    private static final int TOP_DEVICES = 20;
    private static final int MOST_DEVICES = 100_000;
    private static final String NO_DEVICE = "(none)";
    private static final String PAUSED = "paused";
    private static final String NEWER = "newer-was-delivered";
    private static final String NOT_KNOWN = "not-known-if-newer";

    private final LetterReader reader;
    private final DoneLetters done;
    private final RedriveTopic topic;
    private final Supplier<? extends Collection<String>> topics;
    private final Settlements settlements;
    private final Function<Letter, Preview.Outcome> preview;
    private final Function<Letter, Optional<Boolean>> newer;
    private final RedriveProperties properties;
    private final String group;
    private final RedriveMeters meters;
    private final ExecutorService questions;
    private final ExecutorService orders;
    private final ExecutorService runner;
    private final InstantSource wall;
    private final LongSupplier nanoTime;
    /** What is to be noted. What could not be is noted by the next run. Belongs to the thread of the runs. */
    private final Set<String> dirty = new LinkedHashSet<>();

    private final ConcurrentLinkedDeque<RedriveRun> runs = new ConcurrentLinkedDeque<>();
    private volatile boolean closing;

    /** A page of letters, or one. */
    public sealed interface Found {

        /**
         * Letters, newest first.
         *
         * @param next where to go on, by partition; empty where nothing older is left
         */
        record Letters(List<Letter> letters, Map<String, Long> next, int scanned) implements Found {}

        /** They cannot be read. */
        record Unreadable(String why) implements Found {}
    }

    /** What became of the wish for a redrive. */
    public sealed interface Started {

        record Running(String id) implements Started {}

        /** Another one is running on this instance. */
        record Busy(String id) implements Started {}

        /** What was sent could not be noted. */
        record Unusable(String why) implements Started {}
    }

    /** What a dry run came to. */
    public sealed interface Tried {

        record Result(DryRun dryRun) implements Tried {}

        record Unreadable(String why) implements Tried {}
    }

    /**
     * How far a run is.
     *
     * @param found letters that it was to send
     * @param rejected that became dead letters again, by reason
     * @param skipped that were not sent, by why
     * @param elsewhere whose source partition is another instance's, or left while they were under way: that one has to send them
     * @param trouble why it failed, if so
     */
    public record Progress(
            String id,
            String state,
            Instant begin,
            Optional<Instant> end,
            int found,
            int sent,
            int delivered,
            Map<String, Integer> rejected,
            Map<String, Integer> skipped,
            int elsewhere,
            int inFlight,
            int remaining,
            Optional<String> trouble) {}

    /**
     * Nothing runs yet.
     *
     * @param topics where dead letters lie
     * @param preview what a letter would become now; called on the poll thread
     * @param group the relay's consumer group
     * @param newer whether the letter's device had something newer delivered, as far as that is known
     */
    Redriver(
            LetterReader reader,
            DoneLetters done,
            RedriveTopic topic,
            Supplier<? extends Collection<String>> topics,
            Settlements settlements,
            Function<Letter, Preview.Outcome> preview,
            Function<Letter, Optional<Boolean>> newer,
            RedriveProperties properties,
            String group,
            RedriveMeters meters,
            ExecutorService questions,
            ExecutorService orders,
            ExecutorService runner,
            InstantSource wall,
            LongSupplier nanoTime) {
        this.reader = reader;
        this.done = done;
        this.topic = topic;
        this.topics = topics;
        this.settlements = settlements;
        this.preview = preview;
        this.newer = newer;
        this.properties = properties;
        this.group = group;
        this.meters = meters;
        this.questions = questions;
        this.orders = orders;
        this.runner = runner;
        this.wall = wall;
        this.nanoTime = nanoTime;
    }

    /**
     * The newest letters. Fails with {@link RejectedExecutionException} while too many others ask.
     *
     * @param before by partition, nothing from these offsets on
     */
    public CompletableFuture<Found> newest(LetterFilter filter, Map<String, Long> before, int most) {
        return ask(
                questions,
                () -> found(reader.newest(
                        topics.get(), before, filter::matches, most, new Bounds(PAGE_RECORDS, PAGE_BYTES, PAGE_TIME))));
    }

    /** One letter; none if there is nothing at that position. Only of the topics of dead letters. */
    public CompletableFuture<Found> one(RecordPosition position) {
        return topics.get().contains(position.topic())
                ? ask(questions, () -> found(reader.one(position, PAGE_TIME)))
                : CompletableFuture.completedFuture(new Found.Letters(List.of(), Map.of(), 0));
    }

    /** What the letter would become now. */
    public CompletableFuture<Preview.Outcome> today(Letter letter) {
        return settlements
                .onPollThread(() -> preview.apply(letter))
                .orTimeout(MAPPING.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Found found(LetterReader.Reading reading) {
        return switch (reading) {
            case LetterReader.Reading.Page page -> new Found.Letters(page.letters(), page.next(), page.scanned());
            case LetterReader.Reading.Failed failed -> new Found.Unreadable(failed.why());
        };
    }

    private static <T> CompletableFuture<T> ask(ExecutorService thread, Supplier<T> question) {
        return CompletableFuture.supplyAsync(question, thread);
    }

    /** Tells what a redrive would do. */
    public CompletableFuture<Tried> tryOut(RedriveOrder order) {
        return ask(orders, () -> {
            Optional<String> unread = topic.openIfThere(topics.get());
            if (unread.isPresent()) {
                return new Tried.Unreadable("what was sent again before cannot be read: " + unread.get());
            }
            Trial trial = new Trial(order);
            LetterReader.Scan scan = reader.scan(
                    topics.get(),
                    order.filter().from(),
                    trial::take,
                    new Bounds(SCAN_RECORDS, Long.MAX_VALUE, properties.scanTime()));
            return switch (scan) {
                case LetterReader.Scan.Done end -> trial.end(end);
                case LetterReader.Scan.Failed failed -> new Tried.Unreadable(failed.why());
            };
        });
    }

    /** A look at what would happen. */
    private final class Trial {

        private final RedriveOrder order;
        private final List<Letter> batch = new ArrayList<>();
        private final Map<String, Integer> devices = new HashMap<>();
        private final Map<String, Integer> wouldFail = new LinkedHashMap<>();
        private long bytes;
        private int found;
        private int already;
        private int overLimit;
        private int withoutOrigin;
        private int ofAnotherGroup;
        private boolean unmapped;
        private int older;
        private int notKnown;

        Trial(RedriveOrder order) {
            this.order = order;
        }

        boolean take(Letter letter) {
            if (!order.filter().matches(letter)) {
                return !closing;
            }
            if (!isOurs(letter)) {
                ofAnotherGroup++;
                return !closing;
            }
            if (done.isDone(letter.position())) {
                already++;
                return !closing;
            }
            if (found >= order.most()) {
                return false;
            }
            found++;
            String device = letter.device().orElse(NO_DEVICE);
            if (devices.size() < MOST_DEVICES || devices.containsKey(device)) {
                devices.merge(device, 1, Integer::sum);
            }
            overLimit += letter.redrives() >= properties.mostRedrives() ? 1 : 0;
            withoutOrigin += letter.origin().isEmpty() ? 1 : 0;
            switch (standing(letter)) {
                case OLDER -> older++;
                case UNKNOWN -> notKnown++;
                case NEWEST -> {}
            }
            batch.add(letter);
            bytes += letter.size();
            if (batch.size() >= BATCH || bytes >= BATCH_BYTES) {
                map();
            }
            return !closing && !unmapped;
        }

        private void map() {
            List<Letter> letters = List.copyOf(batch);
            batch.clear();
            bytes = 0;
            Optional<Map<String, Integer>> failing = onPollThread(() -> {
                Map<String, Integer> reasons = new HashMap<>();
                letters.forEach(letter -> failure(letter).ifPresent(why -> reasons.merge(why, 1, Integer::sum)));
                return reasons;
            });
            unmapped |= failing.isEmpty();
            failing.ifPresent(reasons -> reasons.forEach((why, count) -> wouldFail.merge(why, count, Integer::sum)));
        }

        private Optional<String> failure(Letter letter) {
            return switch (preview.apply(letter)) {
                case Preview.Outcome.Mapped mapped ->
                    mapped.rejection().map(rejection -> rejection.reason().code());
                case Preview.Outcome.Skipped ignored -> Optional.of("skipped");
                case Preview.Outcome.Postponed ignored -> Optional.of("waits-for-schema");
            };
        }

        Tried end(LetterReader.Scan.Done scan) {
            if (!batch.isEmpty()) {
                map();
            }
            if (unmapped) {
                return new Tried.Unreadable("the relay does not map records at the moment");
            }
            Map<String, Integer> top = new LinkedHashMap<>();
            devices.entrySet().stream()
                    .sorted(Map.Entry.<String, Integer>comparingByValue()
                            .reversed()
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(TOP_DEVICES)
                    .forEach(entry -> top.put(entry.getKey(), entry.getValue()));
            return new Tried.Result(new DryRun(
                    found,
                    scan.complete(),
                    scan.scanned(),
                    already,
                    overLimit,
                    withoutOrigin,
                    ofAnotherGroup,
                    devices.size(),
                    top,
                    wouldFail,
                    older,
                    notKnown));
        }
    }

    /** Empty if the poll thread has no time for it: it waits for Kafka, or the relay is being stopped. */
    private <T> Optional<T> onPollThread(Supplier<T> task) {
        try {
            return Optional.of(settlements.onPollThread(task).get(MAPPING.toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            throw new IllegalStateException("a dead letter cannot be looked at", e);
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Relays of other groups may write to the same topic, and read the same source topics for another platform. */
    private boolean isOurs(Letter letter) {
        return letter.group().filter(name -> !name.equals(group)).isEmpty();
    }

    /** How a letter compares with what its device had delivered since. */
    private enum Standing {
        NEWEST,
        OLDER,
        UNKNOWN
    }

    private Standing standing(Letter letter) {
        return newer.apply(letter)
                .map(older -> older ? Standing.OLDER : Standing.NEWEST)
                .orElse(Standing.UNKNOWN);
    }

    /**
     * Begins to send letters again. One run at a time.
     *
     * @param id for the run: the same on all instances
     */
    public CompletableFuture<Started> start(RedriveOrder order, String id) {
        return ask(orders, () -> {
            Optional<RedriveRun> running =
                    runs.stream().filter(run -> !run.isOver()).findFirst();
            if (running.isPresent()) {
                return new Started.Busy(running.get().id());
            }
            Optional<String> trouble = topic.open(topics.get());
            if (trouble.isPresent()) {
                return new Started.Unusable(trouble.get());
            }
            RedriveRun run = new RedriveRun(id, order, wall.instant());
            runs.addFirst(run);
            while (runs.size() > KEPT_RUNS) {
                RedriveRun unused = runs.removeLast();
            }
            runner.execute(() -> work(run));
            return new Started.Running(id);
        });
    }

    /** The last runs, newest first. */
    public List<Progress> progress() {
        return runs.stream().map(RedriveRun::progress).toList();
    }

    public Optional<Progress> progress(String id) {
        return runs.stream()
                .filter(run -> run.id().equals(id))
                .map(RedriveRun::progress)
                .findFirst();
    }

    /** Ends a run; what is under way is delivered. Returns whether it was running. */
    public boolean cancel(String id) {
        return runs.stream().filter(run -> run.id().equals(id)).anyMatch(RedriveRun::cancel);
    }

    private void work(RedriveRun run) {
        try {
            send(run, collect(run));
        } catch (RuntimeException e) {
            run.failed("a defect of the relay, or it is being stopped: " + e.getMessage());
            log.atError().addKeyValue("redrive", run.id()).setCause(e).log("A redrive failed");
        } finally {
            run.end(wall.instant());
            Progress end = run.progress();
            log.atInfo()
                    .addKeyValue("redrive", run.id())
                    .addKeyValue("state", end.state())
                    .addKeyValue("found", end.found())
                    .addKeyValue("sent", end.sent())
                    .addKeyValue("delivered", end.delivered())
                    .addKeyValue("rejected", end.rejected())
                    .addKeyValue("skipped", end.skipped())
                    .addKeyValue("elsewhere", end.elsewhere())
                    .log("A redrive of dead letters has ended");
        }
    }

    /** A letter that is to be sent, without its content. */
    private record Ref(RecordPosition position, RecordPosition origin, Instant at) {}

    /**
     * The oldest ones, in the order in which their records stood in their source partitions, whatever the order of the letters. What is left for
     * a later run is newer, so that this one does not send what should come behind it.
     */
    private List<Ref> collect(RedriveRun run) {
        PriorityQueue<Ref> newestFirst = new PriorityQueue<>(Comparator.comparing(Ref::at)
                .thenComparingLong(ref -> ref.position().offset())
                .reversed());
        RedriveOrder order = run.order();
        LetterReader.Scan scan = reader.scan(
                topics.get(),
                order.filter().from(),
                letter -> {
                    if (order.filter().matches(letter) && !done.isDone(letter.position())) {
                        if (!isOurs(letter)) {
                            run.skip("of-another-group");
                        } else if (letter.origin().isEmpty()) {
                            run.skip("without-origin");
                        } else {
                            newestFirst.add(
                                    new Ref(letter.position(), letter.origin().get(), letter.at()));
                        }
                    }
                    if (newestFirst.size() > order.most()) {
                        Ref unused = newestFirst.remove();
                    }
                    return !run.isCancelled() && !closing;
                },
                new Bounds(SCAN_RECORDS, Long.MAX_VALUE, properties.scanTime()));
        if (scan instanceof LetterReader.Scan.Failed failed) {
            run.failed(failed.why());
            return List.of();
        }
        List<Ref> refs = new ArrayList<>(newestFirst);
        refs.sort(Comparator.<Ref, String>comparing(ref -> ref.origin().topic())
                .thenComparingInt(ref -> ref.origin().partition())
                .thenComparingLong(ref -> ref.origin().offset())
                .thenComparingLong(ref -> ref.position().offset()));
        return refs;
    }

    /** What is known of a letter that was sent. */
    private record Ended(Ref ref, Redrives.End end) {}

    private void send(RedriveRun run, List<Ref> refs) {
        run.sending(refs.size());
        log.atInfo()
                .addKeyValue("redrive", run.id())
                .addKeyValue("letters", refs.size())
                .log("A redrive of dead letters begins");
        Semaphore free = new Semaphore(properties.inFlight());
        Notes notes = new Notes(run, free);
        try {
            Optional<String> trouble = refs.isEmpty()
                    ? Optional.empty()
                    : reader.fetch(letters -> sendEach(run, refs, letters, free, notes), FETCH);
            trouble.ifPresent(run::failed);
        } finally {
            await(run, free, notes);
            notes.note(true);
        }
    }

    private void sendEach(RedriveRun run, List<Ref> refs, LetterReader.Fetcher letters, Semaphore free, Notes notes) {
        long next = nanoTime.getAsLong();
        for (Ref ref : refs) {
            notes.note(false);
            if (isToEnd(run)) {
                return;
            }
            if (notes.isLeft(ref)) {
                continue;
            }
            Optional<Letter> letter = wanted(run, ref, letters);
            if (letter.isPresent()) {
                next = pace(next, run.order().perSecond());
                acquire(run, free, notes);
                if (isToEnd(run)) {
                    return;
                }
                run.sent();
                settlements.again(new Redrives.Order(
                        run.id(),
                        ref.origin(),
                        letter.get().again(),
                        run.order().onlyIfNothingNewer() ? Optional.of(letter.get().at()) : Optional.empty(),
                        end -> notes.ended(new Ended(ref, end))));
            }
        }
    }

    private boolean isToEnd(RedriveRun run) {
        return run.isCancelled() || closing || run.hasTrouble();
    }

    private Optional<Letter> wanted(RedriveRun run, Ref ref, LetterReader.Fetcher letters) {
        if (done.isDone(ref.position())) {
            run.skip("already-redriven");
            return Optional.empty();
        }
        return switch (letters.get(ref.position())) {
            case LetterReader.Fetched.Late ignored -> {
                run.failed("Kafka does not return the dead letters in time");
                yield Optional.empty();
            }
            case LetterReader.Fetched.Gone ignored -> {
                run.skip("gone");
                yield Optional.empty();
            }
            case LetterReader.Fetched.Here here -> wanted(run, here.letter());
        };
    }

    private Optional<Letter> wanted(RedriveRun run, Letter letter) {
        if (letter.redrives() >= properties.mostRedrives()) {
            run.skip("redriven-too-often");
            return Optional.empty();
        }
        if (run.order().onlyIfNothingNewer()) {
            Standing standing = standing(letter);
            if (standing != Standing.NEWEST) {
                run.skip(standing == Standing.OLDER ? NEWER : NOT_KNOWN);
                return Optional.empty();
            }
        }
        return Optional.of(letter);
    }

    /** Waits for the turn of the next letter. Returns when the one after it may go. */
    private long pace(long next, int perSecond) {
        long now = nanoTime.getAsLong();
        if (next - now > 0) {
            java.util.concurrent.locks.LockSupport.parkNanos(next - now);
        }
        return Math.max(next, now) + Duration.ofSeconds(1).toNanos() / perSecond;
    }

    private void acquire(RedriveRun run, Semaphore free, Notes notes) {
        try {
            while (!free.tryAcquire(NOTE_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                notes.note(false);
                if (isToEnd(run)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            run.failed("the relay is being stopped");
        }
    }

    /**
     * Until all that was sent has ended. In an outage of the platform that takes as long as the outage: whoever sends letters again
     * meanwhile must not send these. At a stop it is the poll loop that drains, and ends what is left then.
     */
    private void await(RedriveRun run, Semaphore free, Notes notes) {
        while (run.inFlight() > 0) {
            try {
                if (free.tryAcquire(properties.inFlight(), NOTE_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                    free.release(properties.inFlight());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            notes.note(false);
        }
    }

    /**
     * Counts what has ended, and notes in Kafka what must not be sent once more. Belongs to the run's thread.
     */
    private final class Notes {

        private final RedriveRun run;
        private final Semaphore free;
        private final Queue<Ended> ends = new ConcurrentLinkedQueue<>();
        private final Map<SourcePartition, Redrives.End> left = new HashMap<>();
        private long written = nanoTime.getAsLong();

        Notes(RedriveRun run, Semaphore free) {
            this.run = run;
            this.free = free;
        }

        /** Poll thread. */
        void ended(Ended ended) {
            ends.add(ended);
            free.release();
        }

        /** Whether a letter has to stay, for one before it had to, and counts it so. */
        boolean isLeft(Ref ref) {
            Redrives.End why = left.get(ref.origin().sourcePartition());
            if (why == null) {
                return false;
            }
            if (why instanceof Redrives.End.Paused) {
                run.skip(PAUSED);
            } else {
                run.leftElsewhere();
            }
            return true;
        }

        void note(boolean now) {
            for (Ended ended = ends.poll(); ended != null; ended = ends.poll()) {
                Ref ref = ended.ref();
                switch (ended.end()) {
                    case Redrives.End.Delivered ignored -> {
                        run.delivered();
                        meters.delivered();
                        add(ref);
                    }
                    case Redrives.End.Rejected rejected -> {
                        run.rejected(rejected.reason().code());
                        meters.rejected();
                        add(ref);
                    }
                    case Redrives.End.NewerDelivered ignored -> run.left(NEWER);
                    case Redrives.End.NewerUnderWay ignored -> run.left("newer-under-way");
                    case Redrives.End.NotKnown ignored -> run.left(NOT_KNOWN);
                    case Redrives.End.Paused paused -> {
                        run.left(PAUSED);
                        left.put(ref.origin().sourcePartition(), paused);
                    }
                    case Redrives.End.NotOurs notOurs -> {
                        run.elsewhere();
                        left.put(ref.origin().sourcePartition(), notOurs);
                    }
                }
            }
            long time = nanoTime.getAsLong();
            if (!dirty.isEmpty() && (now || time - written >= NOTE_EVERY.toNanos())) {
                topic.write(dirty)
                        .ifPresentOrElse(why -> run.failed("what was sent cannot be noted: " + why), dirty::clear);
                written = time;
            }
        }

        private void add(Ref ref) {
            dirty.add(done.add(ref.position(), ref.origin().sourcePartition()));
        }
    }

    /** Sends nothing more. What is under way ends while the poll loop drains, and is noted meanwhile. */
    void stop() {
        closing = true;
        runs.forEach(RedriveRun::cancel);
        questions.shutdownNow();
        orders.shutdownNow();
        runner.shutdown();
    }

    /** Waits until all is noted that has ended before the poll loop did. */
    @Override
    public void close() {
        stop();
        if (!isOver(CLOSE)) {
            List<Runnable> unused = runner.shutdownNow();
            boolean unused2 = isOver(STOPPING);
        }
        topic.close();
    }

    private boolean isOver(Duration atMost) {
        try {
            return runner.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
