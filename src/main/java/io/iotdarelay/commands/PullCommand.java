package io.iotdarelay.commands;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.appside.Product;
import io.iotdarelay.commands.Surroundings.Application;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes the models of products into files that {@code relay.models} takes. */
@Command(
        name = "pull",
        description = {
            "Writes the models of products into files, PRODUCT.json, as relay.models.products takes them.",
            "Without a product: those of relay.models, of the routes, and of the directory file.",
            ""
        },
        footer = {
            "",
            "Exit code 0: all files are up to date now. 1: a product is absent, refused, or not fetched; with --dry-run also: a file"
                    + " differs. 2: the command line is wrong."
        })
final class PullCommand implements Callable<Integer> {

    private static final String WRITTEN = "written";
    private static final String CHANGED = "changed";
    private static final String UNCHANGED = "unchanged";
    private static final String ABSENT = "absent";
    private static final String REFUSED = "refused";
    private static final String UNFINISHED = "unfinished";
    private static final List<String> KINDS = List.of(WRITTEN, CHANGED, UNCHANGED, ABSENT, REFUSED, UNFINISHED);

    private final Settings settings;

    @Mixin
    private final PlatformVerb verb = new PlatformVerb();

    @Parameters(paramLabel = "PRODUCT", arity = "0..*", description = "The IDs of products.")
    private List<String> named = new ArrayList<>();

    @Option(
            names = "--to",
            paramLabel = "FOLDER",
            defaultValue = ".",
            description = "Where the files are written; the current folder by default. It must exist.")
    private Path to = Path.of(".");

    @Option(names = "--dry-run", description = "Fetch and compare, but write nothing.")
    private boolean dryRun;

    PullCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws UsageException, IOException {
        for (String product : named) {
            if (!NewDevice.isProductId(product)) {
                throw new UsageException("'" + product + "' is not a product ID");
            }
        }
        if (!Files.isDirectory(to)) {
            throw new UsageException(to + " is not a folder");
        }
        return verb.run(settings, this::pull);
    }

    private int pull(Configured configured, Application application) throws UsageException, IOException {
        Surroundings here = settings.surroundings();
        Set<String> products = new TreeSet<>(named.isEmpty() ? known(configured) : named);
        if (products.isEmpty()) {
            throw new UsageException("no product is named here, in relay.models, by a route, or in the directory file");
        }
        PlatformCalls calls = new PlatformCalls(application, here.nanoTime());
        Progress progress = new Progress(here, products.size());
        Results results = new Results(here, progress, verb.json(), "product_id", KINDS);
        for (String id : products) {
            Answer<Product> answer = calls.one(calls.patient().product(id));
            switch (answer) {
                case Answer.Found<Product> found -> {
                    try {
                        results.add(write(id, found.value()), id, file(id).toString());
                    } catch (IOException e) {
                        calls.stop(
                                file(id) + " cannot be written: " + e.getClass().getSimpleName());
                        results.tally(UNFINISHED);
                    }
                }
                case Answer.Absent<Product> absent -> results.add(ABSENT, id, absent.describe());
                case Answer.Exists<Product> exists -> results.add(REFUSED, id, exists.describe());
                case Answer.Refused<Product> refused -> results.add(REFUSED, id, refused.describe());
                case Answer.Throttled<Product> ignored -> results.tally(UNFINISHED);
                case Answer.Misconfigured<Product> ignored -> results.tally(UNFINISHED);
                case Answer.Unreachable<Product> ignored -> results.tally(UNFINISHED);
                case Answer.Withheld<Product> ignored -> results.tally(UNFINISHED);
            }
            progress.step();
        }
        results.end(calls.made(), progress.time(), calls.end());
        boolean wrong =
                results.count(ABSENT, REFUSED, UNFINISHED) > 0 || (dryRun && results.count(WRITTEN, CHANGED) > 0);
        return wrong ? Commands.FINDINGS : Commands.OK;
    }

    private static Set<String> known(Configured configured) {
        Set<String> known = new TreeSet<>(configured.models().products());
        configured.declared().stream()
                .map(route -> route.product())
                .filter(Objects::nonNull)
                .forEach(known::add);
        configured.directory().map(DirectoryFile::entries).stream()
                .flatMap(entries -> entries.stream())
                .map(DirectoryEntry::product)
                .flatMap(PullCommand::present)
                .forEach(known::add);
        known.removeIf(id -> !NewDevice.isProductId(id));
        return known;
    }

    private static Stream<String> present(@Nullable String product) {
        return Stream.ofNullable(product);
    }

    private Path file(String product) {
        return to.resolve(product + ".json");
    }

    /** Writes the file as a whole: a relay that watches it never reads a part. */
    private String write(String id, Product product) throws IOException {
        JsonNode model = Shown.PRETTY.readTree(product.model().utf8());
        if (model instanceof ObjectNode object) {
            object.remove("create_time"); // what says nothing about the model would only make files differ
        }
        byte[] text = (Shown.PRETTY.writeValueAsString(model) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Path file = file(id);
        String result = WRITTEN;
        if (Files.exists(file)) {
            if (isSame(file, model)) {
                return UNCHANGED;
            }
            result = CHANGED;
        }
        if (!dryRun) {
            Path next = file.resolveSibling("." + file.getFileName() + ".new");
            Files.write(next, text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return result;
    }

    private static boolean isSame(Path file, JsonNode model) throws IOException {
        try {
            return Shown.PRETTY.readTree(Files.readAllBytes(file)).equals(model);
        } catch (JacksonException e) {
            return false;
        }
    }
}
