package io.iotdarelay.model;

import io.iotdarelay.settings.FileState;
import io.iotdarelay.settings.SettingsProblem;
import io.iotdarelay.telemetry.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the models up to date. One thread calls {@link #refresh()} periodically; when a file has changed and was then unchanged for
 * one call, all of them are read again. What is wrong then is rejected as a whole, and the former models stay in force.
 *
 * <p>On the same thread it is told what the platform has, one product at a time. A model that is wrong, or that the routes do not fit, is not
 * used, and the former one of that product stays in force; other products are not concerned.
 */
public final class ModelKeeper implements Supplier<LoadedModels> {

    private static final Logger log = LoggerFactory.getLogger(ModelKeeper.class);
    private static final int LONGEST_REASON = 1000;

    /** All models are compiled together, so what is answered within this time is compiled once. */
    private static final Duration TOGETHER = Duration.ofSeconds(1);

    private final AtomicReference<LoadedModels> current;
    private final InstantSource time;
    private volatile List<String> problems = List.of();
    private volatile boolean stale;
    private Map<Path, FileState> seen;
    private Map<Path, FileState> read;

    /** What the platform last said, by product. Written by the thread, read by anybody. */
    private final Map<String, Told> platform = new ConcurrentHashMap<>();

    private final Map<String, ProductStatus.Change> changes = new ConcurrentHashMap<>();
    private final AtomicLong changed = new AtomicLong();

    /** The last model of each product on the platform that could be read. */
    private final Map<String, Model> newest = new HashMap<>();

    /** What it answered since they were compiled. */
    private final Map<String, Model> answers = new LinkedHashMap<>();

    private Instant settled = Instant.EPOCH;

    /** What was logged, so that it is not logged again. */
    private final Map<String, Product> shown = new HashMap<>();

    private final Map<String, String> shownReasons = new HashMap<>();
    private Set<String> shownWarnings = Set.of();

    /**
     * What the platform said of a product.
     *
     * @param answered when it last answered with a model that could be read
     * @param wrong why its model cannot be used, since it last answered
     * @param away why it did not answer
     */
    private record Told(
            @Nullable Instant answered,
            @Nullable String wrong,
            @Nullable String away) {
        static final Told NOTHING = new Told(null, null, null);
    }

    ModelKeeper(LoadedModels models, InstantSource time) {
        this.time = time;
        current = new AtomicReference<>(models);
        read = models.models().files();
        seen = read;
        tell(models);
    }

    /** The models in force. Any thread. */
    @Override
    public LoadedModels get() {
        return current.get();
    }

    /**
     * Checks other routes against the models. Any thread.
     *
     * @return the models for these routes, for {@link #adopt}, or what is wrong
     */
    public ModelCompiler.Compilation prepare(List<RouteShape> routes) {
        LoadedModels now = current.get();
        return now.areFor(routes) ? new ModelCompiler.Compilation.Compiled(now) : now.with(routes);
    }

    /** Replaces the models, when the routes for which they were prepared are adopted. Any thread. */
    @SuppressWarnings("ReferenceEquality") // models are replaced as a whole
    public void adopt(LoadedModels prepared) {
        if (current.getAndSet(prepared) != prepared) {
            stale = true; // the files may have changed since
        }
    }

    /** Why changed files are not in force, if so. Any thread. */
    public Optional<String> trouble() {
        List<String> wrong = problems;
        return wrong.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", wrong));
    }

    /** How it is with each product, in the order of their IDs. Any thread. */
    public List<ProductStatus> products() {
        LoadedModels now = current.get();
        Map<String, ProductStatus> all = new TreeMap<>();
        now.products().forEach(id -> all.put(id, ofFile(id)));
        now.ofPlatform().forEach(id -> all.put(id, ofPlatform(now, id)));
        return List.copyOf(all.values());
    }

    /** The same for those whose models are those of the platform. Any thread. */
    public List<ProductStatus> ofPlatform() {
        LoadedModels now = current.get();
        return now.ofPlatform().stream().map(id -> ofPlatform(now, id)).toList();
    }

    private ProductStatus ofFile(String id) {
        return new ProductStatus(
                id,
                ProductStatus.Source.FILE,
                ProductStatus.State.CURRENT,
                Optional.empty(),
                Optional.empty(),
                Optional.ofNullable(changes.get(id)));
    }

    private ProductStatus ofPlatform(LoadedModels now, String id) {
        Told told = platform.getOrDefault(id, Told.NOTHING);
        Optional<String> refused = refusal(now, told, id);
        boolean known = now.has(id);
        ProductStatus.State state;
        if (refused.isPresent()) {
            state = ProductStatus.State.REFUSED;
        } else if (told.answered() != null && told.away() == null) {
            state = ProductStatus.State.CURRENT;
        } else {
            state = known ? ProductStatus.State.KEPT : ProductStatus.State.UNKNOWN;
        }
        return new ProductStatus(
                id,
                now.isFetched(id)
                        ? ProductStatus.Source.PLATFORM
                        : known ? ProductStatus.Source.FILE : ProductStatus.Source.NONE,
                state,
                Optional.ofNullable(told.answered()),
                refused.or(() -> Optional.ofNullable(told.away())),
                Optional.ofNullable(changes.get(id)));
    }

    private static Optional<String> refusal(LoadedModels now, Told told, String id) {
        return Optional.ofNullable(told.wrong())
                .or(() -> now.misfit(id).map(why -> "the routes do not fit the model that it has now: " + why));
    }

    /** What the model in force of a product declares, its effective ranges included. Any thread. */
    public Optional<ModelOutline> outline(String product) {
        return Optional.ofNullable(current.get().models().products().get(product))
                .map(ModelOutline::of);
    }

    /** What is allowed in the models in force, but probably a mistake. Any thread. */
    public List<String> warnings() {
        return current.get().warnings();
    }

    /** How many models have taken the place of another one. Any thread. */
    public long changes() {
        return changed.get();
    }

    /**
     * The platform answered with a model. It takes effect at once, or with others at the next {@link #settle()}. Only on the thread of the
     * models.
     */
    public void fetched(String product, Json model) {
        try {
            ModelFile.Reading reading = ModelFile.answer(model.utf8(), product);
            Optional<Model> answer = Model.of(reading);
            if (answer.isEmpty()) {
                refused(product, "its model is invalid: " + String.join("; ", reading.problems()));
                return;
            }
            answers.put(product, answer.get());
        } catch (RuntimeException e) { // whatever it is, the next answer must come
            refused(product, unreadable(e));
            return;
        }
        if (!time.instant().isBefore(settled.plus(TOGETHER))) {
            settle();
        }
    }

    /** Puts into force what the platform has answered. */
    void settle() {
        if (answers.isEmpty()) {
            return;
        }
        settled = time.instant();
        Map<String, Model> told = new LinkedHashMap<>(answers);
        answers.clear();
        Map<String, Model> changed = new LinkedHashMap<>();
        told.forEach((product, model) -> {
            platform.put(product, new Told(settled, null, null));
            // One that says the same is not kept: the other is recognized as unchanged without being compared.
            if (!saysTheSame(newest.get(product), model)) {
                changed.put(product, model);
            }
        });
        if (!changed.isEmpty()) {
            renew(changed);
        }
        told.keySet().forEach(product -> tellRefusal(current.get(), product));
    }

    private static boolean saysTheSame(@Nullable Model before, Model now) {
        return before != null
                && before.warnings().equals(now.warnings())
                && ModelChanges.between(before.product(), now.product()).isEmpty();
    }

    private static String unreadable(RuntimeException e) {
        return "its model cannot be read: " + e.getClass().getSimpleName();
    }

    /** The platform answered that there is no such model, or that it does not give it. Only on the thread of the models. */
    public void refused(String product, String why) {
        settleFirst(product);
        Told before = platform.getOrDefault(product, Told.NOTHING);
        platform.put(product, new Told(before.answered(), cut(why), null));
        tellRefusal(current.get(), product);
    }

    /**
     * The platform did not answer. Not logged here: it is the same for all products, and who asks it logs it once. Only on the thread of
     * the models.
     */
    public void away(String product, String why) {
        settleFirst(product);
        Told before = platform.getOrDefault(product, Told.NOTHING);
        platform.put(product, new Told(before.answered(), before.wrong(), cut(why)));
    }

    private void settleFirst(String product) {
        if (answers.containsKey(product)) {
            settle();
        }
    }

    private static String cut(String why) {
        return why.length() > LONGEST_REASON ? why.substring(0, LONGEST_REASON) + "..." : why;
    }

    private void renew(Map<String, Model> changed) {
        Map<String, Model> before = new HashMap<>(newest);
        try {
            newest.putAll(changed);
            compile(changed.keySet());
        } catch (RuntimeException e) { // whatever it is, it must not concern the others, now or later
            newest.clear();
            newest.putAll(before);
            if (changed.size() > 1) {
                changed.forEach((product, model) -> renew(Map.of(product, model)));
            } else {
                changed.keySet().forEach(product -> refused(product, unreadable(e)));
            }
        }
    }

    private void compile(Set<String> changed) {
        List<SettingsProblem> wrong = replace(models -> models.with(newest));
        if (!wrong.isEmpty()) {
            changed.forEach(product -> refused(product, String.valueOf(wrong)));
        }
    }

    /** Replaces the models in force by others that are made from them. Returns what is wrong with these, if they are not used. */
    private List<SettingsProblem> replace(Function<LoadedModels, ModelCompiler.Compilation> change) {
        LoadedModels former = current.get();
        return switch (change.apply(former)) {
            case ModelCompiler.Compilation.Compiled compiled -> {
                if (current.compareAndSet(former, compiled.models())) {
                    tell(compiled.models());
                } else {
                    stale = true; // other routes have been adopted meanwhile: next time
                }
                yield List.of();
            }
            case ModelCompiler.Compilation.Wrong failed -> failed.problems();
        };
    }

    /** Reads the files again if one has changed. */
    void refresh() {
        Map<Path, FileState> now = new HashMap<>();
        read.keySet().forEach(file -> now.put(file, FileState.orMissing(file)));
        boolean still = now.equals(seen);
        seen = now;
        if (stale || (still && !now.equals(read))) {
            stale = false;
            read = now;
            reload();
        }
    }

    private void reload() {
        List<String> wrong = new ArrayList<>();
        try {
            replace(models -> models.reload(newest)).forEach(problem -> wrong.add(problem.toString()));
        } catch (RuntimeException e) { // whatever it is, the next call must come
            wrong.add("a model file cannot be read: " + e.getClass().getSimpleName());
        }
        if (!wrong.isEmpty()) {
            log.atError()
                    .addKeyValue("reason", String.join("; ", wrong))
                    .log("A changed product model is invalid; the previous models stay in force");
        }
        problems = List.copyOf(wrong);
    }

    /** Logs what is new in these models: each that was not there before, and what has changed in the others. */
    private void tell(LoadedModels models) {
        List<Product> others = new ArrayList<>();
        models.models().products().forEach((id, product) -> {
            Product before = shown.put(id, product);
            List<String> differences = before == null ? List.of() : ModelChanges.between(before, product);
            if (!differences.isEmpty()) {
                changes.put(id, new ProductStatus.Change(time.instant(), differences));
                changed.incrementAndGet();
                log.atInfo()
                        .addKeyValue("product", id)
                        .addKeyValue("changes", String.join("; ", differences))
                        .log("A product model has changed and is in force");
            }
            if (before == null || !differences.isEmpty()) {
                others.add(product);
            }
        });
        LoadedModels.describe(others).forEach(line -> log.atInfo().log("Product model: {}", line));
        models.warnings().stream()
                .filter(line -> !shownWarnings.contains(line))
                .forEach(line -> log.atWarn().log("Product model: {}", line));
        shownWarnings = new HashSet<>(models.warnings());
        models.ofPlatform().forEach(id -> tellRefusal(models, id));
    }

    /** Logs once for each reason; what is refused, and in what it differs from what is in force. */
    private void tellRefusal(LoadedModels models, String id) {
        Optional<String> refused = refusal(models, platform.getOrDefault(id, Told.NOTHING), id);
        if (refused.isEmpty()) {
            shownReasons.remove(id);
        } else if (!refused.get().equals(shownReasons.put(id, refused.get()))) {
            Product used = models.models().products().get(id);
            Model other = newest.get(id);
            List<String> differences =
                    used == null || other == null ? List.of() : ModelChanges.between(used, other.product());
            log.atError()
                    .addKeyValue("product", id)
                    .addKeyValue("reason", refused.get())
                    .addKeyValue("changes", String.join("; ", differences))
                    .log(
                            used == null
                                    ? "The platform has no usable model of a product; its reports are sent unchecked"
                                    : "The platform has no usable model of a product; the former one stays in force");
        }
    }
}
