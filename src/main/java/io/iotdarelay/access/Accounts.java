package io.iotdarelay.access;

import io.iotdarelay.settings.SettingsProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.core.env.Environment;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;

/** Those who may log in: the operator of {@code spring.security.user}, and the users of {@code relay.access}. */
public final class Accounts {

    private static final String SPRINGS = "spring.security.user.";
    private static final String SPRINGS_NAME = "user";

    private Accounts() {}

    /** If no password is set, there is no operator: none is generated. */
    static List<Account> of(AccessProperties properties, Environment environment) {
        List<Account> accounts = new ArrayList<>();
        String password = environment.getProperty(SPRINGS + "password");
        if (password != null && !password.isEmpty()) {
            accounts.add(new Account(environment.getProperty(SPRINGS + "name", SPRINGS_NAME), password, Role.OPERATOR));
        }
        for (AccessProperties.UserProperties user : properties.users()) {
            accounts.add(new Account(
                    Objects.requireNonNull(user.name()), Objects.requireNonNull(user.password()), user.role()));
        }
        return accounts;
    }

    /** What is wrong with them beyond what each says. */
    public static List<SettingsProblem> problems(AccessProperties properties, Environment environment) {
        PasswordEncoder encoder = PasswordEncoderFactories.createDelegatingPasswordEncoder();
        List<SettingsProblem> problems = new ArrayList<>();
        List<Account> accounts = of(properties, environment);
        int others = accounts.size() - properties.users().size();
        for (int i = 0; i < accounts.size(); i++) {
            Account account = accounts.get(i);
            String path = i < others ? "spring.security.user" : "relay.access.users[" + (i - others) + "]";
            if (!Logins.canBeChecked(account, encoder)) {
                problems.add(new SettingsProblem(
                        path + ".password", "has an unknown encoding; expected is a plain password, or {bcrypt}..."));
            }
            if (i >= others && others > 0 && accounts.getFirst().name().equals(account.name())) {
                problems.add(new SettingsProblem(path + ".name", "is that of spring.security.user, too"));
            }
        }
        return problems;
    }
}
