package io.iotdarelay.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What an instance tells another of a user who logged in with a browser, for one request: the name, the role, the request, and until
 * when. It is signed with a key that is derived from the user's password in the configuration, which the instances of a group share.
 * Callable from any thread.
 */
final class Assertions {

    /** The scheme of the header {@code Authorization}. */
    static final String SCHEME = "IotdaRelay ";

    static final Duration LIFE = Duration.ofSeconds(10);
    /** How far the clock of who asks may be ahead. */
    static final Duration AHEAD = Duration.ofSeconds(10);

    static final int MOST_REMEMBERED = 10_000;

    private static final String HMAC = "HmacSHA256";
    private static final String LABEL = "iotda-relay: requests of instances for users, version 1";
    private static final String VERSION = "1";
    private static final int NONCE_BYTES = 16;
    private static final int PARTS = 7;
    private static final int LONGEST = 2_048;

    private final SecureRandom random = new SecureRandom();
    private final Clock time;
    private final Map<String, Account> accounts;
    /** The numbers of those that were used, longer than they are valid. */
    private final Cache<String, Boolean> used;

    /** A request: what is asserted for one is nothing for another. */
    record Request(String method, String pathAndQuery) {}

    /** What becomes of an assertion. */
    sealed interface Outcome {

        /**
         * It is right, if the body is.
         *
         * @param account with the lesser of both roles
         * @param bodyHash what the body's has to be
         */
        record Accepted(Account account, String bodyHash) implements Outcome {}

        record Refused(String why) implements Outcome {}
    }

    /** About these users. */
    Assertions(List<Account> accounts, Clock time) {
        this.accounts =
                accounts.stream().collect(Collectors.toMap(Account::name, account -> account, (one, two) -> one));
        this.time = time;
        this.used = Caffeine.newBuilder()
                .expireAfterWrite(LIFE.plus(AHEAD).plus(AHEAD))
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(time.millis()))
                .executor(Runnable::run)
                .build();
    }

    /** Where there is no other instance: none is made, and none is believed. */
    static Assertions none(Clock time) {
        return new Assertions(List.of(), time);
    }

    /** For one request of a user; none if there is no such user. */
    Optional<String> make(String user, Role role, Request request, byte[] body) {
        return Optional.ofNullable(accounts.get(user)).map(account -> {
            byte[] nonce = new byte[NONCE_BYTES];
            random.nextBytes(nonce);
            String claims = String.join(
                    ".",
                    VERSION,
                    Base64.getUrlEncoder().withoutPadding().encodeToString(user.getBytes(StandardCharsets.UTF_8)),
                    role.name().toLowerCase(Locale.ROOT),
                    Long.toString(time.instant().plus(LIFE).toEpochMilli()),
                    HexFormat.of().formatHex(nonce),
                    hash(body));
            return SCHEME + claims + "." + signature(account, claims, request);
        });
    }

    /** Whether to believe it. Who asks the second time is refused. */
    Outcome check(String authorization, Request request) {
        String[] parts = authorization.length() > LONGEST
                ? new String[0]
                : authorization.substring(SCHEME.length()).strip().split("\\.", -1);
        if (parts.length != PARTS || !parts[0].equals(VERSION)) {
            return new Outcome.Refused("it is malformed");
        }
        Account account = user(parts[1]).map(accounts::get).orElse(null);
        if (account == null) {
            return new Outcome.Refused("its user is not known here");
        }
        String claims = String.join(".", List.of(parts).subList(0, PARTS - 1));
        if (!MessageDigest.isEqual(ascii(signature(account, claims, request)), ascii(parts[PARTS - 1]))) {
            return new Outcome.Refused("it is for another request, or of an instance with another password");
        }
        long left = Long.parseLong(parts[3]) - time.millis();
        if (left <= 0) {
            return new Outcome.Refused("it has expired");
        }
        if (left > LIFE.plus(AHEAD).toMillis()) {
            return new Outcome.Refused("it is of an instance whose clock is ahead");
        }
        if (used.estimatedSize() >= MOST_REMEMBERED) {
            used.cleanUp();
            if (used.estimatedSize() >= MOST_REMEMBERED) {
                return new Outcome.Refused("there are too many at a time");
            }
        }
        if (used.asMap().putIfAbsent(parts[4], true) != null) {
            return new Outcome.Refused("it was used before");
        }
        Role role = parts[2].equals("operator") ? account.role() : Role.VIEWER;
        return new Outcome.Accepted(new Account(account.name(), account.password(), role), parts[5]);
    }

    /** What stands for a body. */
    static String hash(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static Optional<String> user(String encoded) {
        try {
            return Optional.of(new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String signature(Account account, String claims, Request request) {
        byte[] key = hmac(account.password().getBytes(StandardCharsets.UTF_8), LABEL);
        return HexFormat.of().formatHex(hmac(key, claims + "\n" + request.method() + "\n" + request.pathAndQuery()));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + HMAC, e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
