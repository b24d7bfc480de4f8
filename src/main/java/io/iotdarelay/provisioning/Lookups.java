package io.iotdarelay.provisioning;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.DevicePage;
import io.iotdarelay.appside.DeviceQuery;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryEntry.Barrier;
import io.iotdarelay.devices.LearntDevices;
import io.iotdarelay.devices.Outlook;
import io.iotdarelay.devices.Want;
import io.iotdarelay.metrics.RegistrationMeters;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.Provision;
import io.iotdarelay.telemetry.ProvisionRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Asks the platform about devices, a few at a time and each once at a time, and has them created. Any thread may want an answer; who is next,
 * and what follows from an answer, belongs to a thread of its own.
 */
final class Lookups {

    private static final Logger log = LoggerFactory.getLogger(Lookups.class);

    /** More would only wait elsewhere, in front of what others ask for. */
    static final int AT_A_TIME = 16;

    /** Questions that may be open, each for a few hundred bytes. */
    static final int MOST_OPEN = 100_000;

    /** Of them, those that nobody waits for: credentials that were refused, and what has been known for long. */
    private static final int MOST_CHECKS = 10_000;

    private static final int MOST_REFRESHES = 1_000;

    /** Each so many turns is one for a device that is known, should others wait as well. */
    private static final int TURN_OF_KNOWN = 8;

    /** Nobody has wanted the answer for so long: the records have ended, or left with their partition. */
    private static final Duration ABANDONED = Duration.ofSeconds(30);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** After so long what had no answer is tried again, a creation or a question that others overtook, then after twice as long, and so on. */
    private static final Duration FIRST_RETRY = Duration.ofSeconds(5);

    private static final int MOST_DOUBLINGS = 4;

    /** So many creations without an answer in a row, for so long, are an outage: whoever waits because of it is tried once it is over. */
    private static final int OUTAGE = 5;

    private static final Duration OUTAGE_LASTS = Duration.ofSeconds(5);

    private static final Duration SOON = Duration.ofMinutes(1);
    private static final double JITTER = 0.1;
    private static final int PARTS = 1000;

    /** The longest node ID of the platform, in characters. */
    private static final int LONGEST_NODE = 64;

    /** The turn of devices whose credentials were refused. No route has this name. */
    private static final String CHECKS = " checks";

    private static final String TOO_MANY = "more than " + MOST_OPEN + " devices wait to be looked up";

    /**
     * For how long answers count.
     *
     * @param knownFor a device that the platform has
     * @param absentFor one that it has not
     * @param nodes whether a name may also be a node's
     */
    record Rules(Duration knownFor, Duration absentFor, boolean nodes) {}

    private final ApplicationSide side;
    private final Optional<Registrar> registrar;
    private final LearntDevices learnt;
    private final Memory memory;
    private final Rules rules;
    private final RegistrationMeters meters;
    private final Scheduler loop;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;

    private final ConcurrentMap<DeviceId, Inquiry> open = new ConcurrentHashMap<>();
    private final AtomicInteger checks = new AtomicInteger();
    private final AtomicInteger refreshes = new AtomicInteger();
    private final AtomicBoolean isTidied = new AtomicBoolean();
    private final Line line = new Line();
    private final Line known = new Line();
    private int running;
    /** Those that wait for another try of their creation. */
    private final Set<Inquiry> putOff = new LinkedHashSet<>();

    private int uncreatedInARow;
    private long createdAt;
    private @Nullable Inquiry refreshing;
    private long turns;
    private long answers;
    private long unanswered;
    private long failures;
    private boolean pausing;
    private final Disposable.Swap alarm = Disposables.swap();

    /** Most reasons are the same: a flood of names need not keep each of them. */
    private String lastWhy = "";

    private volatile @Nullable String away;

    /** Nothing is asked yet. */
    Lookups(
            ApplicationSide side,
            Optional<Registrar> registrar,
            LearntDevices learnt,
            Memory memory,
            Rules rules,
            RegistrationMeters meters,
            Scheduler loop,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.side = side;
        this.registrar = registrar;
        this.learnt = learnt;
        this.memory = memory;
        this.rules = rules;
        this.meters = meters;
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.createdAt = nanoTime.getAsLong();
        this.random = random;
    }

    /** Why the platform cannot be asked, if so. Any thread. */
    Optional<String> trouble() {
        return Optional.ofNullable(away);
    }

    /** Questions that are open. Any thread. */
    int waiting() {
        return open.size();
    }

    /** Records wait for a device that nobody knows. Any thread. */
    Outlook want(Want want) {
        long now = nanoTime.getAsLong();
        Inquiry running = open.get(want.device());
        if (running != null) {
            running.want(want.provision(), now);
            if (want.isNew()) {
                onLoop(() -> enter(running));
            }
            return outlook(running);
        }
        Unknown unknown = memory.unknown(want.device());
        if (unknown != null && !(unknown.mayBeCreated() && isToBeCreated(want.provision(), unknown))) {
            return new Outlook(false, unknown.why());
        }
        if (memory.known(want.device()) != null) {
            return new Outlook(false, "the platform shows no secret of it");
        }
        if (open.size() >= MOST_OPEN) {
            tidyUp();
            return new Outlook(true, TOO_MANY);
        }
        return outlook(begin(new Inquiry(want.device(), Inquiry.Kind.WANTED, want.route(), want.provision(), now)));
    }

    /**
     * A child is behind another gateway than the directory says. While nobody can be asked, it is as the directory says: what is known
     * does not wait. Any thread.
     */
    Outlook move(ProvisionRequest child, String group) {
        DeviceId gateway = child.gateway().orElse(null);
        Known before = memory.known(child.device());
        if (away != null || registrar.isEmpty() || gateway == null) {
            return Outlook.NONE;
        }
        Inquiry running = open.get(child.device());
        if (running != null) {
            return outlook(running);
        }
        if ((before != null && gateway.equals(before.entry().gateway()))
                || open.size() >= MOST_OPEN
                || !memory.mayMove(child.device(), gateway)) {
            return Outlook.NONE;
        }
        return outlook(
                begin(new Inquiry(child.device(), Inquiry.Kind.MOVE, group, Optional.of(child), nanoTime.getAsLong())));
    }

    /** The platform refused what is known of the device. Returns whether an answer about it is to come. Any thread. */
    boolean check(DeviceId device) {
        if (away != null) {
            return false;
        }
        if (open.containsKey(device)) {
            return true;
        }
        if (checks.get() >= MOST_CHECKS || !memory.mayCheck(device)) {
            return false;
        }
        Inquiry unused = begin(new Inquiry(device, Inquiry.Kind.CHECK, CHECKS, Optional.empty(), nanoTime.getAsLong()));
        return true;
    }

    /** Whether a name may be a node's. Any thread. */
    boolean findsNodes() {
        return rules.nodes();
    }

    /** A device is used that another source keeps. From time to time it is asked for again: not all at once after a start. Any thread. */
    void used(DeviceId device) {
        long now = nanoTime.getAsLong();
        double share = Math.floorMod(device.hashCode(), PARTS) / (double) PARTS;
        if (now - memory.keptUntil(device, now + (long) (rules.knownFor().toNanos() * share) + 1) >= 0) {
            refresh(device);
        }
    }

    /** The device has been known for long. Any thread. */
    void refresh(DeviceId device) {
        if (away == null && refreshes.get() < MOST_REFRESHES && !open.containsKey(device)) {
            Inquiry unused =
                    begin(new Inquiry(device, Inquiry.Kind.REFRESH, "", Optional.empty(), nanoTime.getAsLong()));
        }
    }

    private Inquiry begin(Inquiry inquiry) {
        Inquiry other = open.putIfAbsent(inquiry.device(), inquiry);
        if (other != null) {
            return other;
        }
        count(inquiry, 1);
        onLoop(() -> enter(inquiry));
        return inquiry;
    }

    private void count(Inquiry inquiry, int more) {
        switch (inquiry.begunAs()) {
            case CHECK -> checks.addAndGet(more);
            case REFRESH -> refreshes.addAndGet(more);
            case WANTED, MOVE -> {}
        }
    }

    private void close(Inquiry inquiry) {
        if (open.remove(inquiry.device(), inquiry)) {
            count(inquiry, -1);
        }
    }

    private Outlook outlook(Inquiry inquiry) {
        String why = away;
        return new Outlook(
                true,
                inquiry.isBeingCreated()
                        ? "it is being created on the platform"
                        : why == null
                                ? "the platform is being asked for it"
                                : "the platform cannot be asked for it: " + why);
    }

    /** Whether a route asks for it whose request has not been decided yet. */
    private boolean isToBeCreated(Optional<Provision> provision, Unknown unknown) {
        return registrar.isPresent()
                && provision.orElse(null) instanceof ProvisionRequest request
                && !unknown.decided().contains(request.route());
    }

    private void onLoop(Runnable task) {
        try {
            loop.schedule(task);
        } catch (RejectedExecutionException e) {
            log.atDebug().log("Nobody is asked any more: the relay is being stopped");
        }
    }

    /** Makes room: of those that wait, many may not be wanted any more. */
    private void tidyUp() {
        if (isTidied.compareAndSet(false, true)) {
            onLoop(() -> {
                isTidied.set(false);
                open.values().stream()
                        .filter(inquiry -> !inquiry.isAsked() && isAbandoned(inquiry))
                        .forEach(this::forget);
            });
        }
    }

    private boolean isAbandoned(Inquiry inquiry) {
        return inquiry.kind() == Inquiry.Kind.WANTED && nanoTime.getAsLong() - inquiry.wanted() > ABANDONED.toNanos();
    }

    private void forget(Inquiry inquiry) {
        line.remove(inquiry.device());
        known.remove(inquiry.device());
        close(inquiry);
    }

    /** Waits for its turn, or is wanted again. */
    private void enter(Inquiry inquiry) {
        if (open.get(inquiry.device()) == inquiry
                && !inquiry.isAsked()
                && nanoTime.getAsLong() - inquiry.notBefore() >= 0) {
            if (inquiry.kind() == Inquiry.Kind.REFRESH) {
                known.add(inquiry.device(), inquiry.group());
            } else {
                known.remove(inquiry.device());
                line.add(inquiry.device(), inquiry.group());
            }
        }
        serve();
    }

    private void serve() {
        while (!pausing && running < (away == null ? AT_A_TIME : 1)) {
            Inquiry next = next();
            if (next == null) {
                return;
            }
            if (isAbandoned(next)) {
                forget(next);
            } else {
                ask(next);
            }
        }
    }

    private @Nullable Inquiry next() {
        boolean mayRefresh = refreshing == null && !known.isEmpty();
        boolean isTurnOfKnown = mayRefresh && (line.isEmpty() || ++turns % TURN_OF_KNOWN == 0);
        return (isTurnOfKnown ? known : line).next().map(open::get).orElse(null);
    }

    private void ask(Inquiry inquiry) {
        inquiry.asked(true);
        running++;
        refreshing = inquiry.kind() == Inquiry.Kind.REFRESH ? inquiry : refreshing;
        if (inquiry.kind() == Inquiry.Kind.MOVE
                && registrar.isPresent()
                && inquiry.provision().orElse(null) instanceof ProvisionRequest request) {
            create(inquiry, registrar.get(), request);
            return;
        }
        ask(inquiry, inquiry.device(), found -> learn(inquiry, found, null), said -> absent(inquiry, said));
    }

    private void ask(Inquiry inquiry, DeviceId device, Consumer<Device> found, Consumer<String> absent) {
        call(inquiry, side.device(device), answer -> heard(inquiry, answer, found, absent));
    }

    private <T> void call(Inquiry inquiry, Mono<Answer<T>> call, Consumer<Answer<T>> heard) {
        call.publishOn(loop)
                .subscribe(answer -> safely(inquiry, () -> heard.accept(answer)), defect -> broken(inquiry, defect));
    }

    private void safely(Inquiry inquiry, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException defect) {
            broken(inquiry, defect);
        }
    }

    private void broken(Inquiry inquiry, Throwable defect) {
        if (defect instanceof RejectedExecutionException) {
            log.atDebug().log("Nobody hears answers any more: the relay is being stopped");
            return;
        }
        log.atError()
                .addKeyValue("deviceId", inquiry.device())
                .setCause(defect)
                .log("The answer about a device could not be dealt with");
        onLoop(() -> {
            if (inquiry.kind() == Inquiry.Kind.MOVE) {
                keep(inquiry, "failed");
            } else {
                miss(inquiry, "failed", new Unknown("a defect of the relay", false, SOON));
            }
        });
    }

    private <T> void heard(Inquiry inquiry, Answer<T> answer, Consumer<T> found, Consumer<String> absent) {
        switch (answer) {
            case Answer.Found<T> it -> {
                answered();
                found.accept(it.value());
            }
            case Answer.Absent<T> it -> {
                answered();
                absent.accept(it.said().errorCode().orElse("HTTP " + it.said().status()));
            }
            case Answer.Exists<T> it -> refused(inquiry, it.said());
            case Answer.Refused<T> it -> refused(inquiry, it.said());
            case Answer.Throttled<T> ignored -> {
                answered();
                unanswered(inquiry, "throttled", Duration.ZERO);
            }
            case Answer.Misconfigured<T> it -> failed(inquiry, it.why(), false);
            case Answer.Unreachable<T> it -> failed(inquiry, it.why(), true);
            case Answer.Withheld<T> it -> failed(inquiry, it.why(), false);
        }
    }

    private void answered() {
        answers++;
        failures = 0;
        away = null;
        pausing = false;
    }

    private void refused(Inquiry inquiry, Answer.Said said) {
        answered();
        String why = "the platform does not tell: " + said.describe();
        if (inquiry.kind() == Inquiry.Kind.WANTED) {
            miss(inquiry, "refused", new Unknown(why, false, rules.absentFor()));
        } else {
            keep(inquiry, "refused");
        }
    }

    /**
     * There is no answer. Only one is asked about at a time until there is one again.
     *
     * @param mayBeItsOwn whether that may be because of the device, and not of all
     */
    private void failed(Inquiry inquiry, String why, boolean mayBeItsOwn) {
        unanswered++;
        away = why;
        if (!pausing) {
            pausing = true;
            failures++;
            later(shorter(Duration.ofSeconds(failures), LONGEST_PAUSE), alarm::update, () -> {
                pausing = false;
                serve();
            });
        }
        boolean isOvertaken = mayBeItsOwn && inquiry.isOvertaken(answers);
        if (mayBeItsOwn
                && inquiry.failed(nanoTime.getAsLong(), answers, unanswered)
                && inquiry.kind() == Inquiry.Kind.WANTED) {
            miss(
                    inquiry,
                    "failed",
                    new Unknown(
                            "the platform answers about others, and not about it: " + why, false, rules.absentFor()));
        } else {
            unanswered(inquiry, "failed", isOvertaken ? pause(inquiry) : Duration.ZERO);
        }
    }

    /** Waits for another turn, if somebody needs the answer. */
    private void unanswered(Inquiry inquiry, String outcome, Duration pause) {
        if (inquiry.begunAs() == Inquiry.Kind.CHECK) {
            memory.unchecked(inquiry.device());
        }
        if (inquiry.kind() == Inquiry.Kind.WANTED) {
            again(inquiry, outcome, pause);
        } else {
            keep(inquiry, outcome);
        }
    }

    /** What is known about the device stays as it is. */
    private void keep(Inquiry inquiry, String outcome) {
        memory.postpone(inquiry.device(), nanoTime.getAsLong() + SOON.toNanos());
        end(inquiry, outcome);
    }

    private void miss(Inquiry inquiry, String outcome, Unknown why) {
        lastWhy = why.why().equals(lastWhy) ? lastWhy : why.why();
        memory.postpone(inquiry.device(), nanoTime.getAsLong() + why.lasts().toNanos());
        memory.miss(inquiry.device(), new Unknown(lastWhy, why.mayBeCreated(), why.decided(), why.lasts()));
        end(inquiry, outcome);
    }

    private void end(Inquiry inquiry, String outcome) {
        meters.lookedUp(outcome);
        close(inquiry);
        done(inquiry);
        serve();
    }

    private void done(Inquiry inquiry) {
        if (inquiry.isAsked()) {
            inquiry.asked(false);
            running--;
            refreshing = refreshing == inquiry ? null : refreshing;
        }
    }

    /** The platform does not have it. One that it had must be missing twice: what it reads from may be behind. */
    private void absent(Inquiry inquiry, String said) {
        if (isAboutKnown(inquiry) && memory.isMissedFirst(inquiry.device())) {
            keep(inquiry, "absent");
        } else if (rules.nodes()
                && inquiry.kind() == Inquiry.Kind.WANTED
                && inquiry.device().value().length() <= LONGEST_NODE) {
            call(
                    inquiry,
                    side.devices(DeviceQuery.named(inquiry.device().value())),
                    answer -> heardOfNode(inquiry, answer, said));
        } else {
            nowhere(inquiry, said);
        }
    }

    /** Whether memory or another source has it. */
    private boolean isAboutKnown(Inquiry inquiry) {
        return memory.known(inquiry.device()) != null
                || inquiry.begunAs() == Inquiry.Kind.CHECK
                || inquiry.begunAs() == Inquiry.Kind.REFRESH;
    }

    /** Who may not make lists can still be told of devices by their IDs. */
    private void heardOfNode(Inquiry inquiry, Answer<DevicePage> answer, String said) {
        if (answer instanceof Answer.Refused<DevicePage>
                || (answer instanceof Answer.Misconfigured<DevicePage> it && !it.concernsAll())) {
            String why = "the platform does not know it (" + said + "), and does not list devices by their node ID: "
                    + answer.describe();
            miss(inquiry, "absent", new Unknown(why, false, rules.absentFor()));
        } else {
            heard(inquiry, answer, page -> ofNode(inquiry, page, said), ignored -> nowhere(inquiry, said));
        }
    }

    private void ofNode(Inquiry inquiry, DevicePage page, String said) {
        List<Device> named = page.devices().stream()
                .filter(device -> device.nodeId().equals(inquiry.device().value()))
                .toList();
        if (named.size() > 1 || (!named.isEmpty() && page.next().isPresent())) {
            miss(
                    inquiry,
                    "ambiguous",
                    new Unknown("several devices of the platform have this node ID", false, rules.absentFor()));
        } else if (named.isEmpty()) {
            nowhere(inquiry, said);
        } else {
            ask(
                    inquiry,
                    named.getFirst().id(),
                    found -> learn(inquiry, found, inquiry.device()),
                    ignored -> nowhere(inquiry, said));
        }
    }

    /** There is no such device. It is created if a record says how, and its route allows it. */
    private void nowhere(Inquiry inquiry, String said) {
        String absent = "the platform does not know it (" + said + ")";
        Provision how = inquiry.provision().orElse(null);
        if (how instanceof ProvisionRequest request && registrar.isPresent()) {
            create(inquiry, registrar.get(), request);
            return;
        }
        String uncreated =
                how instanceof Provision.Impossible impossible ? "; it is not created: " + impossible.why() : "";
        if (isAboutKnown(inquiry)) {
            learnt.forget(inquiry.device());
        }
        miss(inquiry, "absent", new Unknown(absent + uncreated, true, rules.absentFor()));
    }

    private void create(Inquiry inquiry, Registrar by, ProvisionRequest request) {
        inquiry.create(true);
        by.register(request)
                .publishOn(loop)
                .subscribe(
                        registration -> safely(inquiry, () -> registered(inquiry, registration)),
                        defect -> broken(inquiry, defect));
    }

    private void registered(Inquiry inquiry, Registration registration) {
        if (inquiry.kind() == Inquiry.Kind.MOVE
                && !(registration instanceof Registration.Created)
                && !(registration instanceof Registration.Existed)) {
            keep(inquiry, "refused");
            return;
        }
        switch (registration) {
            case Registration.Created created -> {
                learn(inquiry, created.device(), null);
                creationsSucceed();
            }
            case Registration.Existed existed -> {
                learn(inquiry, existed.device(), null);
                creationsSucceed();
            }
            case Registration.Refused refused -> uncreated(inquiry, refused.why(), rules.absentFor());
            case Registration.Withheld withheld -> {
                if (withheld.soon()) {
                    uncreatedInARow++;
                    putOff.add(inquiry);
                    again(inquiry, "failed", pause(inquiry));
                } else {
                    uncreated(
                            inquiry,
                            withheld.why(),
                            shorter(withheld.next().orElse(rules.absentFor()), rules.absentFor()));
                }
            }
        }
    }

    /** After an outage nobody waits for a pause that grew meanwhile. While only some fail, each keeps its own. */
    private void creationsSucceed() {
        long now = nanoTime.getAsLong();
        boolean wasOutage = uncreatedInARow >= OUTAGE && now - createdAt >= OUTAGE_LASTS.toNanos();
        uncreatedInARow = 0;
        createdAt = now;
        if (wasOutage) {
            List<Inquiry> waiting = List.copyOf(putOff);
            putOff.clear();
            waiting.forEach(inquiry -> {
                inquiry.notBefore(now);
                enter(inquiry);
            });
        }
    }

    /** One route's request was decided. Another route may have other rules. */
    private void uncreated(Inquiry inquiry, String why, Duration lasts) {
        Unknown before = memory.unknown(inquiry.device());
        Set<String> decided = new HashSet<>(before == null ? Set.of() : before.decided());
        if (inquiry.provision().orElse(null) instanceof ProvisionRequest request) {
            decided.add(request.route());
        }
        miss(inquiry, "absent", new Unknown("it is not created: " + why, true, decided, lasts));
    }

    /** Another try, after a while. New records do not bring it forward. */
    private void again(Inquiry inquiry, String outcome, Duration pause) {
        inquiry.create(false);
        meters.lookedUp(outcome);
        done(inquiry);
        if (pause.isZero()) {
            enter(inquiry);
        } else {
            inquiry.notBefore(nanoTime.getAsLong() + pause.toNanos());
            later(pause, ignored -> {}, () -> {
                if (nanoTime.getAsLong() - inquiry.notBefore() >= 0) { // else it was tried, and waits once more
                    putOff.remove(inquiry);
                }
                enter(inquiry);
            });
            serve();
        }
    }

    private static Duration pause(Inquiry inquiry) {
        return FIRST_RETRY.multipliedBy(1L << Math.min(inquiry.postponed(), MOST_DOUBLINGS));
    }

    private void later(Duration pause, Consumer<Disposable> scheduled, Runnable task) {
        try {
            scheduled.accept(loop.schedule(task, pause.toNanos(), TimeUnit.NANOSECONDS));
        } catch (RejectedExecutionException e) {
            log.atDebug().log("Nobody is asked any more: the relay is being stopped");
        }
    }

    /**
     * The platform has told of a device.
     *
     * @param node what records call it, if that is not its ID
     */
    private void learn(Inquiry inquiry, Device device, @Nullable DeviceId node) {
        Known before = memory.known(device.id());
        DeviceId same = before == null ? null : before.entry().node();
        DeviceId named = node != null || same == null || !same.value().equals(device.nodeId()) ? node : same;
        List<DeviceSecret> secrets = Stream.concat(device.secret().stream(), device.secondarySecret().stream())
                .distinct()
                .toList();
        Barrier barrier = barrier(device);
        DeviceSecret first = secrets.isEmpty() ? null : secrets.getFirst();
        DeviceId gateway = device.gateway().orElse(null);
        if (first == null && gateway == null && barrier == null) {
            if (before == null) {
                miss(
                        inquiry,
                        "no-secret",
                        new Unknown("the platform does not show its secret", false, rules.absentFor()));
            } else {
                keep(inquiry, "no-secret");
            }
            return;
        }
        String product = DirectoryEntry.isProduct(device.productId()) ? device.productId() : null;
        DirectoryEntry entry = new DirectoryEntry(device.id(), first, gateway, product, named, null, barrier);
        Duration lasts = barrier == null ? rules.knownFor() : shorter(rules.absentFor(), rules.knownFor());
        long due = nanoTime.getAsLong() + (long) (lasts.toNanos() * (1 - JITTER * random.nextDouble()));
        memory.learn(new Known(entry, secrets, due));
        if (barrier == null) {
            keep(entry);
        }
        end(inquiry, "found");
    }

    /** Beyond the memory. A child's secret is of no use: its gateway authenticates. */
    private void keep(DirectoryEntry entry) {
        learnt.keep(
                entry.gateway() == null
                        ? entry
                        : new DirectoryEntry(
                                entry.device(), null, entry.gateway(), entry.product(), entry.node(), null));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static @Nullable Barrier barrier(Device device) {
        if (device.status() == Device.Status.FROZEN) {
            return Barrier.FROZEN;
        }
        return device.proof() == Device.Proof.CERTIFICATES && device.gateway().isEmpty() ? Barrier.CERTIFICATES : null;
    }
}
