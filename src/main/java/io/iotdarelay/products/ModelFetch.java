package io.iotdarelay.products;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.Product;
import io.iotdarelay.telemetry.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Asks for the models of products: each at the start and after an interval, and sooner where it was not answered. Belongs to one thread, on
 * which answers arrive, too.
 */
final class ModelFetch {

    private static final Logger log = LoggerFactory.getLogger(ModelFetch.class);

    /** The pace of the application side is for devices, too, which must not wait for many products. */
    static final int MOST_AT_A_TIME = 4;

    private static final Duration FIRST_RETRY = Duration.ofSeconds(5);

    /** An outage is over some time, and products that were refused may be right soon: but nobody waits for these. */
    private static final Duration LONGEST_RETRY_OF_OUTAGE = Duration.ofMinutes(1);

    private static final int MOST_DOUBLINGS = 20;

    /** Who keeps the models. */
    interface Keeper {
        void fetched(String product, Json model);

        void refused(String product, String why);

        void away(String product, String why);
    }

    private final ApplicationSide side;
    private final Keeper keeper;
    private final InstantSource time;
    private final Duration interval;
    private final Scheduler thread;
    private final List<Asked> products = new ArrayList<>();
    private final Deque<Asked> due = new ArrayDeque<>();
    private int inFlight;

    private static final class Asked {
        private final String id;
        private Instant next;
        private boolean pending;
        private int failures;

        Asked(String id, Instant next) {
            this.id = id;
            this.next = next;
        }
    }

    /**
     * Asks for nothing yet.
     *
     * @param thread that of {@link #tick()}
     */
    ModelFetch(
            ApplicationSide side,
            Keeper keeper,
            Collection<String> ids,
            Duration interval,
            Executor thread,
            InstantSource time) {
        this.side = side;
        this.keeper = keeper;
        this.interval = interval;
        this.thread = Schedulers.fromExecutor(thread);
        this.time = time;
        Instant now = time.instant();
        ids.forEach(id -> products.add(new Asked(id, now)));
    }

    /** Asks for what is due. */
    void tick() {
        Instant now = time.instant();
        for (Asked product : products) {
            if (!product.pending && !now.isBefore(product.next)) {
                product.pending = true;
                due.add(product);
            }
        }
        askForMore();
    }

    private void askForMore() {
        while (inFlight < MOST_AT_A_TIME && !due.isEmpty()) {
            ask(due.remove());
        }
    }

    private void ask(Asked product) {
        inFlight++;
        // It never fails; if it does, the next call must come all the same. Not as the second consumer, which would be
        // told of a defect of the first one, too: the call would end twice.
        Disposable unused = Mono.defer(() -> side.product(product.id))
                .onErrorResume(failure -> Mono.<Answer<Product>>just(
                        new Answer.Withheld<>(failure.getClass().getSimpleName())))
                .defaultIfEmpty(new Answer.Withheld<>("no answer"))
                .publishOn(thread)
                .subscribe(answer -> end(product, answer));
    }

    private void end(Asked product, Answer<Product> answer) {
        inFlight--;
        product.pending = false;
        product.next = time.instant().plus(told(product, answer));
        askForMore();
    }

    private Duration told(Asked product, Answer<Product> answer) {
        try {
            return judge(product, answer);
        } catch (RuntimeException defect) {
            if (product.failures == 0) {
                log.atError()
                        .addKeyValue("product", product.id)
                        .setCause(defect)
                        .log("A product model could not be taken because of a defect of the relay");
            }
            return atMost(LONGEST_RETRY_OF_OUTAGE, retry(product));
        }
    }

    /** Tells the keeper, and returns the time until the next call. */
    private Duration judge(Asked product, Answer<Product> answer) {
        switch (answer) {
            case Answer.Found<Product> found -> {
                keeper.fetched(product.id, found.value().model());
                product.failures = 0;
                return interval;
            }
            case Answer.Absent<Product> absent ->
                keeper.refused(product.id, "it has no such product: " + absent.describe());
            case Answer.Refused<Product> refused ->
                keeper.refused(product.id, "it does not give it: " + refused.describe());
            case Answer.Exists<Product> exists -> keeper.refused(product.id, exists.describe());
            case Answer.Throttled<Product> throttled -> {
                keeper.away(product.id, throttled.describe());
                return atMost(interval, later(product, throttled.retryAfter().orElse(Duration.ZERO)));
            }
            case Answer.Misconfigured<Product> misconfigured -> {
                keeper.away(product.id, misconfigured.describe());
                return atMost(LONGEST_RETRY_OF_OUTAGE, retry(product));
            }
            case Answer.Unreachable<Product> unreachable -> {
                keeper.away(product.id, unreachable.describe());
                return atMost(LONGEST_RETRY_OF_OUTAGE, retry(product));
            }
            case Answer.Withheld<Product> withheld -> {
                keeper.away(product.id, withheld.describe());
                return atMost(LONGEST_RETRY_OF_OUTAGE, retry(product));
            }
        }
        return atMost(interval, retry(product));
    }

    private Duration later(Asked product, Duration asked) {
        Duration own = retry(product);
        return asked.compareTo(own) > 0 ? asked : own;
    }

    private static Duration retry(Asked product) {
        Duration wait = FIRST_RETRY.multipliedBy(1L << product.failures);
        product.failures = Math.min(MOST_DOUBLINGS, product.failures + 1);
        return wait;
    }

    /** Never longer than the interval, either. */
    private Duration atMost(Duration most, Duration wait) {
        Duration bound = most.compareTo(interval) < 0 ? most : interval;
        return wait.compareTo(bound) < 0 ? wait : bound;
    }
}
