package reeve;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/// The rules of the house that class files show. Each takes classes and returns what breaks it, one readable line each that
/// ends with what to do instead.
record Rules(Rooms rooms) {

    /// @param owner   fully qualified class
    /// @param members names of its methods or constructors (`<init>`); a regular expression
    /// @param where   the rooms that may, and classes of the root package by their name
    private record Ban(String owner, String members, List<String> where, String instead) {
        boolean covers(JavaClass target, String member) {
            return Pattern.matches(owner, target.getName()) && Pattern.matches(members, member);
        }
    }

    private static final String TIME = "take a reeve.base.Time in the constructor";
    private static final String RANDOM = "take a reeve.base.Jitter in the constructor";
    private static final String TIMER = "set a timer with reeve.base.Time.after";
    private static final String SECRET = "ask base.secret for a cookie or token";
    private static final String REFLECTION = "call it; we use no reflection";
    private static final String COMMAND = "run it through base.command";

    /// They wait for what the kernel does in real time, and decide nothing by it.
    private static final List<String> KERNEL = List.of("base", "base.os", "base.command");

    private static final List<Ban> BANS = List.of(
            new Ban("java\\.time\\.(Instant|Local.*|ZonedDateTime|OffsetDateTime|OffsetTime|Year|YearMonth|MonthDay)", "now",
                    List.of("base"), TIME),
            new Ban("java\\.time\\.(Clock|InstantSource)", "system.*|tick.*", List.of("base"), TIME),
            new Ban("java\\.lang\\.System", "nanoTime", KERNEL, TIME),
            new Ban("java\\.lang\\.System", "currentTimeMillis", List.of("base"), TIME),
            new Ban("java\\.util\\.Date", "<init>", List.of("base"), TIME),
            new Ban("java\\.lang\\.Thread", "sleep", List.of("base"), TIMER + ", or wait for an event"),
            new Ban("java\\.util\\.concurrent\\.TimeUnit", "sleep", List.of("base"), TIMER),
            new Ban("java\\.util\\.concurrent\\.locks\\.LockSupport", "park(Nanos|Until)", KERNEL, TIMER),
            new Ban("java\\.util\\.Timer", "<init>", List.of("base"), TIMER),
            new Ban("java\\.util\\.concurrent\\.Executors", ".*Scheduled.*", List.of("base"), TIMER),
            new Ban("java\\.util\\.concurrent\\.ScheduledThreadPoolExecutor", "<init>", List.of("base"), TIMER),
            new Ban("java\\.util\\.concurrent\\.CompletableFuture", "orTimeout|completeOnTimeout|delayedExecutor", KERNEL,
                    TIMER),
            new Ban("java\\.lang\\.Math|java\\.lang\\.StrictMath", "random", List.of("base"), RANDOM),
            new Ban("java\\.util\\.Random|java\\.util\\.SplittableRandom", "<init>", List.of("base"), RANDOM),
            new Ban("java\\.util\\.concurrent\\.ThreadLocalRandom", "current", List.of("base"), RANDOM),
            new Ban("java\\.util\\.random\\.RandomGenerator", "getDefault|of", List.of("base"), RANDOM),
            new Ban("java\\.util\\.UUID", "randomUUID", List.of("base.secret"), SECRET),
            new Ban("java\\.security\\.SecureRandom", "<init>|getInstance.*", List.of("base.secret"), SECRET),
            new Ban("java\\.lang\\.System", "exit", List.of("Main"), "return an exit code; Main alone ends the program"),
            new Ban("java\\.lang\\.Runtime", "exit|halt", List.of("Main"), "return an exit code; Main alone ends the program"),
            new Ban("java\\.lang\\.Class", "forName|newInstance|getDeclared.*", List.of(), REFLECTION),
            new Ban("java\\.lang\\.reflect\\..*", "setAccessible|invoke|newInstance|newProxyInstance", List.of(), REFLECTION),
            new Ban("java\\.lang\\.invoke\\.MethodHandles", "privateLookupIn", List.of(), REFLECTION),
            new Ban("java\\.lang\\.ProcessBuilder", "<init>|startPipeline", List.of("base.command", "run.process", "base.os"),
                    COMMAND),
            new Ban("java\\.lang\\.Runtime", "exec", List.of(), COMMAND));

    List<String> strangers(JavaClasses classes) {
        return classes.stream().map(JavaClass::getPackageName).distinct().sorted()
                .filter(name -> !name.equals(rooms.root()) && rooms.roomOf(name).isEmpty())
                .map(name -> "package " + name + " has no room: put it into one of the table (src/test/java/reeve/Rooms.java), or draw a"
                        + " new one there and in ARCHITECTURE.md")
                .toList();
    }

    List<String> arrows(JavaClasses classes) {
        return own(classes)
                .filter(type -> rooms.roomOf(type.getPackageName()).isPresent())
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(dependency -> !allowed(dependency))
                .collect(Collectors.toMap(
                        dependency -> room(dependency.getOriginClass()) + " may not use " + target(dependency).getPackageName()
                                + " (" + dependency.getOriginClass().getName() + ")",
                        Dependency::getDescription, (first, second) -> first, TreeMap::new))
                .entrySet().stream()
                .map(wrong -> wrong.getKey() + ": " + wrong.getValue() + ". Move the code, or let Wiring join the two through a port")
                .toList();
    }

    private boolean allowed(Dependency dependency) {
        JavaClass target = target(dependency);
        if (target.isPrimitive()) {
            return true;
        }
        Rooms.Room from = rooms.named(room(dependency.getOriginClass()));
        if (!rooms.isOurs(target.getPackageName())) {
            return rooms.mayUseLibrary(from, target.getPackageName());
        }
        return rooms.roomOf(target.getPackageName()).filter(to -> to.equals(from.name()) || from.uses().contains(to)).isPresent();
    }

    private static JavaClass target(Dependency dependency) {
        return dependency.getTargetClass().getBaseComponentType();
    }

    private String room(JavaClass type) {
        return rooms.roomOf(type.getPackageName()).orElse(type.getSimpleName());
    }

    List<String> nullness(JavaClasses classes) {
        return own(classes).map(JavaClass::getPackage).distinct()
                .filter(room -> !room.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName).sorted()
                .map(name -> name + " is not @NullMarked: give it a package-info.java that says what it owns, never does, and who calls it")
                .toList();
    }

    List<String> bannedCalls(JavaClasses classes) {
        return own(classes)
                .flatMap(type -> type.getCodeUnitAccessesFromSelf().stream())
                .flatMap(access -> BANS.stream()
                        .filter(ban -> ban.covers(access.getTargetOwner(), access.getTarget().getName()))
                        .filter(ban -> !ban.where().contains(room(access.getOriginOwner())))
                        .map(ban -> access.getDescription() + ": " + ban.instead()))
                .distinct().sorted().toList();
    }

    List<String> staticState(JavaClasses classes) {
        return own(classes).flatMap(type -> Stream.concat(
                        type.getFields().stream()
                                .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                                .filter(field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC))
                                .filter(Rules::mutable)
                                .map(field -> field.getFullName() + " is static and can change: make it a field of the object that "
                                        + "Wiring builds; a constant is final and a List.of, Set.of or Map.of; an array is private"),
                        type.getStaticInitializer().stream()
                                .flatMap(initializer -> initializer.getConstructorCallsFromSelf().stream())
                                .filter(call -> isMutableCollection(call.getTargetOwner()))
                                .map(call -> call.getDescription() + ": a constant is a List.of, Set.of or Map.of")))
                .distinct().sorted().toList();
    }

    private static boolean mutable(JavaField field) {
        JavaClass type = field.getRawType();
        return !field.getModifiers().contains(JavaModifier.FINAL)
                || type.isArray() && !field.getModifiers().contains(JavaModifier.PRIVATE)
                || isMutableCollection(type)
                || type.getPackageName().equals("java.util.concurrent.atomic")
                || List.of("java.lang.ThreadLocal", "java.lang.StringBuilder", "java.util.BitSet").contains(type.getName());
    }

    private static boolean isMutableCollection(JavaClass type) {
        return type.getPackageName().startsWith("java.util") && !type.isInterface()
                && (type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class));
    }

    /// Classes that people wrote.
    private Stream<JavaClass> own(JavaClasses classes) {
        return classes.stream().filter(type -> !rooms.isGenerated(type.getPackageName()));
    }

    static List<String> packages(JavaClasses classes, Rooms rooms) {
        return classes.stream().map(JavaClass::getPackageName)
                .flatMap(name -> rooms.roomOf(name).stream())
                .distinct().sorted().toList();
    }
}
