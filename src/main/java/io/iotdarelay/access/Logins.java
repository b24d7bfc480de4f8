package io.iotdarelay.access;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Checks passwords. A refusal takes as long for a name that does not exist as for one that does. A password that was right before is
 * recognized by a keyed digest, so that its encoding is not computed for each request. Callable from any thread.
 */
final class Logins {

    /** What becomes of an attempt. */
    sealed interface Outcome {

        record Accepted(Account account) implements Outcome {}

        /**
         * The name or the password is wrong.
         *
         * @param known whether the name is that of a user
         */
        record Refused(boolean known) implements Outcome {}

        /** Not even tried. */
        record Later(Duration after) implements Outcome {}
    }

    private static final String HMAC = "HmacSHA256";
    /** The name of the encoding, its version and its cost, as in {bcrypt}$2a$10. */
    private static final int COST_LENGTH = 6;

    private static final int MAX_PASSWORD = 1024;

    private final PasswordEncoder encoder;
    private final LoginThrottle throttle;
    private final SecretKeySpec key;
    private final Map<String, Account> accounts = new HashMap<>();
    /** The digest of each user's password, as far as it is known. */
    private final Map<String, byte[]> digests = new ConcurrentHashMap<>();
    /** An encoded password for each kind of encoding that is in use. */
    private final Map<String, String> kinds = new TreeMap<>();

    /**
     * Checks the passwords of these.
     *
     * @param key random, for this process only
     */
    Logins(List<Account> accounts, PasswordEncoder encoder, LoginThrottle throttle, byte[] key) {
        this.encoder = encoder;
        this.throttle = throttle;
        this.key = new SecretKeySpec(key, HMAC);
        for (Account account : accounts) {
            this.accounts.put(account.name(), account);
            if (account.isEncoded()) {
                kinds.putIfAbsent(kind(account), account.password());
            } else {
                digests.put(account.name(), digest(account.password()));
            }
        }
    }

    /** Whether the encoding is one that can be checked. */
    static boolean canBeChecked(Account account, PasswordEncoder encoder) {
        try {
            boolean ignored = !account.isEncoded() || encoder.matches("password", account.password());
            return true;
        } catch (IllegalArgumentException | LinkageError e) { // some encodings need a library that is not there
            return false;
        }
    }

    /** What needs no computation: the password is known to be right, or the client has to wait. */
    Optional<Outcome> known(InetAddress address, String user, String password) {
        Duration wait = throttle.wait(address, user);
        if (!wait.isZero()) {
            return Optional.of(new Outcome.Later(wait));
        }
        Account account = accounts.get(user);
        byte[] known = digests.get(user);
        if (account == null || known == null || !MessageDigest.isEqual(known, digest(password))) {
            return Optional.empty();
        }
        throttle.succeeded(address, user);
        return Optional.of(new Outcome.Accepted(account));
    }

    Outcome attempt(InetAddress address, String user, String password) {
        return known(address, user, password).orElseGet(() -> computed(address, user, password));
    }

    private Outcome computed(InetAddress address, String user, String password) {
        Account account = accounts.get(user);
        if (account != null && password.length() <= MAX_PASSWORD && matches(account, password)) {
            throttle.succeeded(address, user);
            return new Outcome.Accepted(account);
        }
        if (password.length() <= MAX_PASSWORD) {
            computeOthers(account, password);
        }
        throttle.failed(address, user);
        return new Outcome.Refused(account != null);
    }

    private boolean matches(Account account, String password) {
        if (!account.isEncoded() || !matches(password, account.password())) {
            return false;
        }
        digests.put(account.name(), digest(password));
        return true;
    }

    /** Whatever the name, a refusal has computed each kind of encoding once. */
    private void computeOthers(@Nullable Account account, String password) {
        String own = account != null && account.isEncoded() ? kind(account) : "";
        for (Map.Entry<String, String> kind : kinds.entrySet()) {
            if (!kind.getKey().equals(own)) {
                boolean ignored = matches(password, kind.getValue());
            }
        }
    }

    private boolean matches(String password, String encoded) {
        try {
            return encoder.matches(password, encoded);
        } catch (IllegalArgumentException e) { // bcrypt takes at most 72 bytes
            return false;
        }
    }

    private static String kind(Account account) {
        String encoded = account.password();
        return encoded.substring(0, Math.min(encoded.length(), encoded.indexOf('}') + 1 + COST_LENGTH));
    }

    private byte[] digest(String password) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + HMAC, e);
        }
    }
}
