package io.iotdarelay.simulator;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The side of devices: judges requests as the documents say. The order of checks, where it matters and is not documented: size, form, credentials
 * or token, children, model.
 */
final class Platform {

    /** What the platform calls 1 MB, in the reading that refuses least; clients should stay below 1,000,000 anyway. */
    static final int MAX_BODY = 1_048_576;

    private static final int MAX_CHILDREN = 50;
    private static final Pattern TIMESTAMP = Pattern.compile("\\d{10}");
    private static final int PASSWORD_LENGTH = 64;
    private static final Pattern EVENT_TIME = Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z");
    private static final DateTimeFormatter EVENT_TIME_FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'");

    private final SimulatorOptions options;
    private final TokenBook tokens;
    private final Registry registry;
    private final Shadows shadows;

    /** A judgement: the answer, and what was accepted. */
    record Judgement(Reply reply, List<Ledger.Accepted> accepted) {

        static Judgement of(Reply reply) {
            return new Judgement(reply, List.of());
        }
    }

    Platform(SimulatorOptions options, Registry registry, TokenBook tokens, Shadows shadows) {
        this.options = options;
        this.registry = registry;
        this.tokens = tokens;
        this.shadows = shadows;
    }

    Judgement judge(long number, Api.Target target, @Nullable String token, byte[] body) {
        Judgement judgement = switch (target.api()) {
            case DEVICE_AUTH -> Judgement.of(authenticate(body));
            case MESSAGES -> message(number, target.device(), token, body);
            case PROPERTIES -> properties(number, target.device(), token, body);
            case GATEWAY -> batch(number, target.device(), token, body);
            default -> throw new IllegalArgumentException(target.api() + " is a call of applications");
        };
        judgement.accepted().forEach(this::remember);
        return judgement;
    }

    private void remember(Ledger.Accepted report) {
        registry.activate(report.device());
        if (!report.service().isEmpty() && !report.content().isEmpty()) {
            shadows.report(report.device(), report.service(), report.content(), report.eventTime());
        }
    }

    private Reply authenticate(byte[] body) {
        JsonNode request = Json.parse(body);
        String id = request.path("device_id").asString("");
        String timestamp = request.path("timestamp").asString("");
        String password = request.path("password").asString("");
        JsonNode signType = request.path("sign_type");
        if (!Inputs.DEVICE_ID.matcher(id).matches()
                || !TIMESTAMP.matcher(timestamp).matches()
                || password.length() != PASSWORD_LENGTH
                || !signType.isInt()
                || signType.asInt() < 0
                || signType.asInt() > 1) {
            return Errors.invalidInput();
        }
        SimulatedDevice device = registry.device(id);
        boolean inTime =
                signType.asInt() == 0 || Passwords.isWithin(timestamp, options.timestampTolerance, options.clock);
        if (device == null
                || device.frozen()
                || device.certificate()
                || !inTime
                || Stream.of(device.secret(), device.secondarySecret())
                        .noneMatch(secret -> !secret.isEmpty() && Passwords.matches(password, timestamp, secret))) {
            return Errors.authenticationFailed();
        }
        registry.activate(id);
        return Reply.ok("{\"access_token\":\"" + tokens.issue(id) + "\",\"expires_in\":" + tokens.expiresIn() + "}");
    }

    private Judgement message(long number, String sender, @Nullable String token, byte[] body) {
        if (body.length > MAX_BODY) {
            return Judgement.of(options.oversizedMessage);
        }
        if (!tokens.isValid(token, sender)) {
            return Judgement.of(Errors.invalidToken());
        }
        JsonNode message = Json.parse(body);
        String device = message.path("object_device_id").asString("");
        if (!device.isEmpty() && !device.equals(sender) && !isChild(device, sender)) {
            return Judgement.of(Errors.invalidInput());
        }
        JsonNode content =
                message.isMissingNode() ? StringNode.valueOf(Base64.getEncoder().encodeToString(body)) : message;
        return new Judgement(
                success(),
                List.of(new Ledger.Accepted(
                        number,
                        options.clock.instant(),
                        Api.MESSAGES,
                        device.isEmpty() ? sender : device,
                        sender,
                        "",
                        null,
                        content,
                        false)));
    }

    private Judgement properties(long number, String sender, @Nullable String token, byte[] body) {
        if (body.length > MAX_BODY) {
            return Judgement.of(Errors.tooLarge());
        }
        JsonNode services = Json.parse(body).path("services");
        if (!isServices(services)) {
            return Judgement.of(Errors.invalidInput());
        }
        return withToken(sender, token, () -> {
            List<Ledger.Accepted> accepted = new ArrayList<>();
            boolean broken = store(accepted, number, Api.PROPERTIES, sender, sender, services);
            return filtered(accepted, broken);
        });
    }

    private Judgement batch(long number, String gateway, @Nullable String token, byte[] body) {
        if (body.length > MAX_BODY) {
            return Judgement.of(Errors.tooLarge());
        }
        JsonNode children = Json.parse(body).path("devices");
        if (!children.isArray() || children.isEmpty() || !children.valueStream().allMatch(Platform::isChildEntry)) {
            return Judgement.of(Errors.invalidInput());
        }
        if (children.size() > MAX_CHILDREN) {
            return Judgement.of(Errors.tooManyChildren(MAX_CHILDREN));
        }
        return withToken(gateway, token, () -> {
            List<Ledger.Accepted> accepted = new ArrayList<>();
            boolean foreign = false;
            boolean broken = false;
            for (JsonNode child : children) {
                String id = child.path("device_id").asString();
                if (isChild(id, gateway)) {
                    broken |= store(accepted, number, Api.GATEWAY, id, gateway, child.path("services"));
                } else {
                    foreign = true;
                }
            }
            if (foreign) {
                return new Judgement(Errors.foreignChild(), options.partialBatches ? accepted : List.of());
            }
            return filtered(accepted, broken);
        });
    }

    private Judgement withToken(String sender, @Nullable String token, Supplier<Judgement> next) {
        return tokens.isValid(token, sender) ? next.get() : Judgement.of(Errors.invalidToken());
    }

    /** Adds what is kept of the entries, and returns whether something did not fit the model. */
    private boolean store(
            List<Ledger.Accepted> accepted, long number, Api api, String device, String sender, JsonNode services) {
        SimulatedProduct product = registry.modelOf(device);
        boolean anyBroken = false;
        for (JsonNode entry : services) {
            boolean breaks = ModelFilter.breaks(product, entry, options.enforceRequired);
            anyBroken |= breaks;
            ObjectNode kept = (ObjectNode) entry.path("properties");
            if (breaks && product != null) {
                kept = options.modelFilter == ModelFilter.SILENT_PROPERTY
                        ? ModelFilter.fitting(product, entry, options.enforceRequired)
                        : kept.deepCopy().removeAll();
            }
            accepted.add(new Ledger.Accepted(
                    number,
                    options.clock.instant(),
                    api,
                    device,
                    sender,
                    entry.path("service_id").asString(),
                    eventTime(entry).orElse(null),
                    kept,
                    breaks));
        }
        return anyBroken;
    }

    private Judgement filtered(List<Ledger.Accepted> accepted, boolean broken) {
        if (broken && options.modelFilter == ModelFilter.STRICT) {
            return Judgement.of(Errors.invalidInput());
        }
        if (broken && options.modelFilter == ModelFilter.SILENT_REQUEST) {
            return new Judgement(
                    success(),
                    accepted.stream()
                            .map(report -> new Ledger.Accepted(
                                    report.request(),
                                    report.at(),
                                    report.api(),
                                    report.device(),
                                    report.sender(),
                                    report.service(),
                                    report.eventTime(),
                                    Json.object(),
                                    true))
                            .toList());
        }
        return new Judgement(success(), accepted);
    }

    private Reply success() {
        return Reply.ok(options.emptyObjects ? "{}" : "");
    }

    private boolean isChild(String device, String gateway) {
        SimulatedDevice registered = registry.device(device);
        return registered != null && gateway.equals(registered.gateway());
    }

    private static boolean isChildEntry(JsonNode child) {
        return child.isObject()
                && Inputs.DEVICE_ID
                        .matcher(child.path("device_id").asString(""))
                        .matches()
                && isServices(child.path("services"));
    }

    private static boolean isServices(JsonNode services) {
        return services.isArray()
                && !services.isEmpty()
                && services.valueStream()
                        .allMatch(entry -> entry.isObject()
                                && !entry.path("service_id").asString("").isEmpty()
                                && entry.path("properties").isObject());
    }

    /** The platform reads this one form; anything else is silently replaced by its own time. */
    private static Optional<String> eventTime(JsonNode entry) {
        String text = entry.path("event_time").asString("");
        if (!EVENT_TIME.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            LocalDateTime.parse(text, EVENT_TIME_FORMAT);
            return Optional.of(text);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
