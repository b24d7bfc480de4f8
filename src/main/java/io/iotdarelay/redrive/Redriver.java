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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds dead letters for operators, and sends them again. Letters are shown on one thread, dry runs made on a second, and runs on a third; all
 * wait for Kafka, and only who asked waits for them.
 */
public final class Redriver implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Redriver.class);

    /** What one question may read. */
    private static final int PAGE_RECORDS = 50_000;

    private static final long PAGE_BYTES = 64L * 1024 * 1024;
    /** Somebody waits for it. */
    public static final Duration MOST_TRIAL_TIME = Duration.ofMinutes(1);

    private static final Duration PAGE_TIME = Duration.ofSeconds(5);
    private static final int SCAN_RECORDS = 10_000_000;
    private static final int BATCH = 100;
    private static final long BATCH_BYTES = 4L * 1024 * 1024;
    private static final Duration MAPPING = Duration.ofSeconds(20);
    private static final Duration FETCH = Duration.ofSeconds(5);
    private static final Duration NOTE_EVERY = Duration.ofMillis(500);
    /** So long a turn of the poll thread may take for a dry run, and so many times as long nothing is asked of it after that. */
    private static final Duration MAPPED_AT_ONCE = Duration.ofMillis(5);

    private static final int REST_TIMES = 19;
    private static final Duration LONGEST_REST = Duration.ofSeconds(2);

    private static final int KILOBYTES_IN_FLIGHT = 16 * 1024;
    private static final Duration STEP = Duration.ofMillis(100);

    /** So long after a partition came, all is noted that its former owner sent. */
    private static final Duration SETTLED = Duration.ofSeconds(3);

    /** So long nobody asks Kafka again for the notes of other runs, if it did not answer. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(30);

    private static final Duration TELL_EVERY = RunNotes.CUT_OFF.dividedBy(6);
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
    private final Function<SourcePartition, Optional<Duration>> heldFor;
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

    private final Map<Object, CompletableFuture<?>> unanswered = new ConcurrentHashMap<>();

    /** The one that runs, or ran last. */
    private final AtomicReference<@Nullable RedriveRun> current = new AtomicReference<>();

    private final ConcurrentLinkedDeque<RedriveRun> runs = new ConcurrentLinkedDeque<>();
    private volatile boolean closing;

    private volatile boolean isTopicRead;
    private volatile long asked;

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
     * @param heldFor for how long a partition has been this instance's, if it is
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
            Function<SourcePartition, Optional<Duration>> heldFor,
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
        this.heldFor = heldFor;
        this.properties = properties;
        this.group = group;
        this.meters = meters;
        this.questions = questions;
        this.orders = orders;
        this.runner = runner;
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.asked = nanoTime.getAsLong() - ASK_AGAIN.toNanos();
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

    /** Who does not want to know any more is not answered, and nobody waits for a thread that is being stopped. */
    private <T> CompletableFuture<T> ask(ExecutorService thread, Supplier<T> question) {
        CompletableFuture<T> answer = unanswered();
        return execute(thread, answer, () -> {
            if (!answer.isDone()) {
                answer.complete(question.get());
            }
        });
    }

    private <T> CompletableFuture<T> unanswered() {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Object question = new Object();
        unanswered.put(question, answer);
        CompletableFuture<T> unused = answer.whenComplete((any, failure) -> unanswered.remove(question));
        return answer;
    }

    private <T> CompletableFuture<T> execute(ExecutorService thread, CompletableFuture<T> answer, Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(e);
        }
        if (closing) {
            refuse(answer);
        }
        return answer;
    }

    private static void refuse(CompletableFuture<?> answer) {
        answer.completeExceptionally(new RejectedExecutionException("the relay is being stopped"));
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
                    new Bounds(SCAN_RECORDS, Long.MAX_VALUE, trialTime()));
            return switch (scan) {
                case LetterReader.Scan.Done end -> trial.end(end);
                case LetterReader.Scan.Failed failed -> new Tried.Unreadable(failed.why());
            };
        });
    }

    private Duration trialTime() {
        return properties.scanTime().compareTo(MOST_TRIAL_TIME) < 0 ? properties.scanTime() : MOST_TRIAL_TIME;
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
            int next = 0;
            while (next < letters.size() && !unmapped) {
                List<Letter> rest = letters.subList(next, letters.size());
                Optional<Mapped> mapped = onPollThread(() -> mapSome(rest));
                unmapped = mapped.isEmpty();
                if (mapped.isPresent()) {
                    next += mapped.get().letters();
                    mapped.get().failures().forEach((why, count) -> wouldFail.merge(why, count, Integer::sum));
                    rest(mapped.get().nanos());
                }
            }
        }

        /** As many as there is time for, and at least one: poll thread, on which records wait. */
        private Mapped mapSome(List<Letter> letters) {
            long begin = nanoTime.getAsLong();
            Map<String, Integer> failures = new HashMap<>();
            int count = 0;
            long nanos = 0;
            while (count < letters.size() && nanos < MAPPED_AT_ONCE.toNanos()) {
                failure(letters.get(count)).ifPresent(why -> failures.merge(why, 1, Integer::sum));
                count++;
                nanos = nanoTime.getAsLong() - begin;
            }
            return new Mapped(count, failures, nanos);
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

    /** So that the poll thread has most of its time for records that come. */
    private static void rest(long nanos) {
        LockSupport.parkNanos(Math.min(nanos * REST_TIMES, LONGEST_REST.toNanos()));
    }

    /**
     * What one turn of the poll thread came to.
     *
     * @param failures those of the letters that would become dead letters again, by reason
     */
    private record Mapped(int letters, Map<String, Integer> failures, long nanos) {}

    /** Empty if the poll thread has no time for it: it waits for Kafka, partitions leave, or the relay is being stopped. */
    private <T> Optional<T> onPollThread(Supplier<T> task) {
        long end = nanoTime.getAsLong() + MAPPING.toNanos();
        try {
            while (!closing) {
                try {
                    return Optional.of(settlements.onPollThread(task).get(MAPPING.toSeconds(), TimeUnit.SECONDS));
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof RejectedExecutionException)) {
                        throw new IllegalStateException("a dead letter cannot be looked at", e);
                    }
                    if (nanoTime.getAsLong() - end >= 0) {
                        return Optional.empty();
                    }
                    Thread.sleep(STEP);
                }
            }
            return Optional.empty();
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
     * @param id for the run: another one on each instance
     */
    public CompletableFuture<Started> start(RedriveOrder order, String id) {
        RedriveRun run = new RedriveRun(id, order, wall.instant());
        RedriveRun before = current.get();
        if ((before != null && !before.isOver()) || !current.compareAndSet(before, run)) {
            RedriveRun busy = current.get();
            return CompletableFuture.completedFuture(new Started.Busy(busy == null ? "" : busy.id()));
        }
        CompletableFuture<Started> answer = unanswered();
        CompletableFuture<Started> unused = answer.whenComplete((started, failure) -> {
            if (!(started instanceof Started.Running)) {
                run.end(wall.instant());
            }
        });
        return execute(runner, answer, () -> begin(run, answer));
    }

    /** Whoever ordered a run and is not there any more does not know of it: then it does not begin. */
    private void begin(RedriveRun run, CompletableFuture<Started> answer) {
        if (answer.isDone()) {
            return;
        }
        Optional<String> trouble = topic.open(topics.get());
        if (trouble.isPresent()) {
            answer.complete(new Started.Unusable(trouble.get()));
            return;
        }
        runs.addFirst(run);
        if (!answer.complete(new Started.Running(run.id()))) {
            runs.remove(run);
            return;
        }
        while (runs.size() > KEPT_RUNS) {
            RedriveRun unused = runs.removeLast();
        }
        work(run);
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

    /**
     * The same, and those that a process did not bring to an end before it ended, of any instance. Fails with {@link RejectedExecutionException}
     * while too many others ask.
     */
    public CompletableFuture<List<Progress>> progressOfAll() {
        long now = nanoTime.getAsLong();
        if (isTopicRead || now - asked < ASK_AGAIN.toNanos()) {
            return CompletableFuture.completedFuture(all());
        }
        asked = now;
        return ask(questions, () -> {
            // If it is not there, nobody has sent anything yet.
            isTopicRead = topic.openIfThere(topics.get()).isEmpty();
            return all();
        });
    }

    private List<Progress> all() {
        List<Progress> all = new ArrayList<>(progress());
        all.addAll(done.runs().cutOff(wall.instant()));
        return all;
    }

    /** Ends a run; what is under way is delivered. Returns whether it was running. */
    public boolean cancel(String id) {
        return runs.stream().filter(run -> run.id().equals(id)).anyMatch(RedriveRun::cancel);
    }

    private void work(RedriveRun run) {
        try {
            send(run, collect(run));
        } catch (RuntimeException e) {
            // Without its message, which may repeat what a letter contains.
            run.failed("a defect of the relay: " + e.getClass().getSimpleName());
            StackTraceElement[] trace = e.getStackTrace();
            log.atError()
                    .addKeyValue("redrive", run.id())
                    .addKeyValue("defect", e.getClass().getName())
                    .addKeyValue("at", trace.length == 0 ? "" : trace[0])
                    .log("A redrive failed");
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
    private record Ref(RecordPosition position, RecordPosition origin) {}

    private static final Comparator<Ref> IN_THEIR_ORDER = Comparator.<Ref, String>comparing(
                    ref -> ref.origin().topic())
            .thenComparingInt(ref -> ref.origin().partition())
            .thenComparingLong(ref -> ref.origin().offset())
            .thenComparingLong(ref -> ref.position().offset());

    /**
     * The first ones, in the order in which their records stood in their source partitions, whatever the order of the letters. What is left for
     * a later run stood behind them, so that this one does not send what should come later. Without a look at all letters nobody knows which
     * are first.
     */
    private List<Ref> collect(RedriveRun run) {
        PriorityQueue<Ref> lastFirst = new PriorityQueue<>(IN_THEIR_ORDER.reversed());
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
                            lastFirst.add(
                                    new Ref(letter.position(), letter.origin().get()));
                        }
                    }
                    if (lastFirst.size() > order.most()) {
                        Ref unused = lastFirst.remove();
                    }
                    return !run.isCancelled() && !closing;
                },
                new Bounds(SCAN_RECORDS, Long.MAX_VALUE, properties.scanTime()));
        switch (scan) {
            case LetterReader.Scan.Failed failed -> {
                run.failed(failed.why());
                return List.of();
            }
            case LetterReader.Scan.Done end -> {
                if (!end.complete()) {
                    if (!isToEnd(run)) {
                        run.failed(
                                "only " + end.scanned() + " letters could be looked at within "
                                        + properties.scanTime().toSeconds()
                                        + " s, and nothing was sent: narrow the order by from, or raise relay.redrive.scan-time");
                    }
                    return List.of();
                }
            }
        }
        List<Ref> refs = new ArrayList<>(lastFirst);
        refs.sort(IN_THEIR_ORDER);
        return refs;
    }

    /** What is known of a letter that was sent. */
    private record Ended(Ref ref, Redrives.End end, int kilobytes) {}

    /** How many may be under way, and how large they may be together. */
    private record Free(Semaphore letters, Semaphore kilobytes) {}

    private void send(RedriveRun run, List<Ref> refs) {
        run.sending(refs.size());
        topic.note(run.id(), done.runs().value(run.progress(), wall.instant()));
        log.atInfo()
                .addKeyValue("redrive", run.id())
                .addKeyValue("letters", refs.size())
                .log("A redrive of dead letters begins");
        Free free = new Free(new Semaphore(properties.inFlight()), new Semaphore(KILOBYTES_IN_FLIGHT));
        Notes notes = new Notes(run, free);
        try {
            Optional<String> trouble = refs.isEmpty()
                    ? Optional.empty()
                    : reader.fetch(letters -> sendEach(run, refs, letters, free, notes), FETCH);
            trouble.ifPresent(run::failed);
        } finally {
            await(run, notes);
            notes.note(true);
            topic.note(run.id(), null);
        }
    }

    private void sendEach(RedriveRun run, List<Ref> refs, LetterReader.Fetcher letters, Free free, Notes notes) {
        long next = nanoTime.getAsLong();
        for (Ref ref : refs) {
            notes.note(false);
            if (isToEnd(run)) {
                return;
            }
            awaitNotesOfFormerOwner(run, ref.origin().sourcePartition(), notes);
            if (notes.isLeft(ref)) {
                continue;
            }
            Optional<Letter> letter = wanted(run, ref, letters);
            if (letter.isPresent()) {
                next = pace(run, next, notes);
                int kilobytes = Math.min(letter.get().size() / 1024 + 1, KILOBYTES_IN_FLIGHT);
                if (!acquire(run, free.letters(), 1, notes) || !acquire(run, free.kilobytes(), kilobytes, notes)) {
                    return;
                }
                run.sent();
                settlements.again(new Redrives.Order(
                        run.id(),
                        ref.origin(),
                        letter.get().again(),
                        run.order().onlyIfNothingNewer()
                                ? Optional.of(letter.get().at())
                                : Optional.empty(),
                        end -> notes.ended(new Ended(ref, end, kilobytes))));
            }
        }
    }

    /** The instance that had the partition before may note its last letters for a moment after it has left. */
    private void awaitNotesOfFormerOwner(RedriveRun run, SourcePartition partition, Notes notes) {
        while (!isToEnd(run)
                && heldFor.apply(partition)
                        .filter(held -> held.compareTo(SETTLED) < 0)
                        .isPresent()) {
            LockSupport.parkNanos(STEP.toNanos());
            notes.note(false);
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
    private long pace(RedriveRun run, long next, Notes notes) {
        long now = nanoTime.getAsLong();
        while (next - now > 0 && !isToEnd(run)) {
            LockSupport.parkNanos(Math.min(next - now, STEP.toNanos()));
            notes.note(false);
            now = nanoTime.getAsLong();
        }
        return Math.max(next, now)
                + Duration.ofSeconds(1).toNanos() / run.order().perSecond();
    }

    /** Returns false if the run is to end. */
    private boolean acquire(RedriveRun run, Semaphore free, int permits, Notes notes) {
        try {
            while (!free.tryAcquire(permits, STEP.toMillis(), TimeUnit.MILLISECONDS)) {
                notes.note(false);
                if (isToEnd(run)) {
                    return false;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            run.failed("the relay is being stopped");
        }
        return !isToEnd(run);
    }

    /**
     * Until all that was sent has ended. In an outage of the platform that takes as long as the outage: whoever sends letters again
     * meanwhile must not send these. At a stop it is the poll loop that drains, and ends what is left then.
     */
    private void await(RedriveRun run, Notes notes) {
        while (run.inFlight() > 0) {
            try {
                Thread.sleep(STEP);
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
        private final Free free;
        private final Queue<Ended> ends = new ConcurrentLinkedQueue<>();
        private final Map<SourcePartition, Redrives.End> left = new HashMap<>();
        private long written = nanoTime.getAsLong();
        private long told = written;

        Notes(RedriveRun run, Free free) {
            this.run = run;
            this.free = free;
        }

        /** Poll thread. */
        void ended(Ended ended) {
            ends.add(ended);
            free.letters().release();
            free.kilobytes().release(ended.kilobytes());
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
            if (time - told >= TELL_EVERY.toNanos()) {
                topic.note(run.id(), done.runs().value(run.progress(), wall.instant()));
                told = time;
            }
        }

        private void add(Ref ref) {
            dirty.add(done.add(ref.position()));
        }
    }

    /** Sends nothing more. What is under way ends while the poll loop drains, and is noted meanwhile. */
    void stop() {
        closing = true;
        runs.forEach(RedriveRun::cancel);
        for (ExecutorService thread : List.of(questions, orders)) {
            List<Runnable> unused = thread.shutdownNow();
        }
        runner.shutdown();
        unanswered.values().forEach(Redriver::refuse);
    }

    /** Waits until all is noted that has ended before the poll loop did. */
    @Override
    public void close() {
        stop();
        if (!isOver(CLOSE)) {
            List<Runnable> unused = runner.shutdownNow();
            boolean unused2 = isOver(STOPPING);
        }
        if (runner.isTerminated() && !dirty.isEmpty()) {
            topic.write(dirty)
                    .ifPresent(why -> log.atWarn()
                            .addKeyValue("reason", why)
                            .log("Dead letters that were sent again are not noted, and may be sent once more"));
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
