// A handle has one owner: it can be moved, not copied.
// error: use of deleted function
#include <crm_core.hpp>

using handle = crm::detail::handle<int, nullptr>;

void take(handle);

void use(handle owner) {
#ifdef CORRECT
    take(std::move(owner));
#else
    take(owner);
#endif
}
